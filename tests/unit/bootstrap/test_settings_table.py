from bootstrap.settings_table import PAGE, settings_page


def test_the_page_of_the_docs_is_in_step_with_the_settings() -> None:
    assert PAGE.read_text(encoding="utf-8") == settings_page(), "run `make docs`"
