from tests.unit.cast.reading import identities_of


def test_full_name_title_and_surname_are_one_person() -> None:
    names = {"Mr. Peter Hobb": 2, "Mr. Hobb": 9, "Hobb": 5, "Peter": 4, "Peter Hobb": 3}
    assert identities_of(names) == {frozenset(names)}


def test_husband_and_wife_are_two() -> None:
    assert identities_of({"Mr. Hobb": 9, "Mrs. Hobb": 9}) == {
        frozenset({"Mr. Hobb"}),
        frozenset({"Mrs. Hobb"}),
    }


def test_a_surname_alone_is_the_mans() -> None:
    groups = identities_of({"Mrs. Hobb": 20, "Mr. Hobb": 9, "Hobb": 5})
    assert frozenset({"Mr. Hobb", "Hobb"}) in groups


def test_mother_and_unmarried_daughter_are_two() -> None:
    groups = identities_of({"Mrs. Hobb": 9, "Miss Hobb": 9, "Jane Hobb": 5, "Jane": 30})
    assert groups == {frozenset({"Mrs. Hobb"}), frozenset({"Miss Hobb", "Jane Hobb", "Jane"})}


def test_a_son_whom_the_narrator_calls_by_his_given_name_is_not_his_father() -> None:
    groups = identities_of({"Mr. Hobb": 50, "Ned": 60, "Ned Hobb": 4, "Edward Hobb": 4})
    assert frozenset({"Ned", "Ned Hobb"}) in groups
    assert frozenset({"Mr. Hobb", "Edward Hobb"}) in groups


def test_nicknames_join_their_names() -> None:
    names = {"Elizabeth Hobb": 3, "Lizzy": 9, "Elizabeth": 4}
    assert identities_of(names) == {frozenset(names)}


def test_two_of_one_given_name_with_other_surnames_stay_two() -> None:
    groups = identities_of({"Tom Hobb": 9, "Tom Stone": 8})
    assert groups == {frozenset({"Tom Hobb"}), frozenset({"Tom Stone"})}


def test_names_that_the_text_keeps_apart_are_two_people() -> None:
    names = {"Mr. Hobb": 9, "George": 9, "George Hobb": 3}
    assert len(identities_of(names)) == 1
    assert frozenset({"Mr. Hobb"}) in identities_of(names, apart=[("Mr. Hobb", "George")])


def test_a_title_alone_means_its_chief_bearer() -> None:
    groups = identities_of({"Captain Ross": 20, "Captain Hobb": 3, "Captain": 5})
    assert frozenset({"Captain Ross", "Captain"}) in groups


def test_a_title_alone_means_nobody_where_two_bear_it_alike() -> None:
    groups = identities_of({"Captain Ross": 8, "Captain Hobb": 7, "Captain": 5})
    assert frozenset({"Captain"}) in groups


def test_a_lady_is_no_officer_of_her_surname() -> None:
    groups = identities_of({"Miss Ross": 9, "Captain Ross": 9, "Mary Ross": 5})
    assert frozenset({"Miss Ross", "Mary Ross"}) in groups


def test_a_surname_with_particles_joins_its_bearer() -> None:
    names = {"Mr. Jan van der Berg": 2, "Mr. van der Berg": 5, "van der Berg": 3}
    assert identities_of(names) == {frozenset(names)}


def test_mrs_and_miss_of_one_surname_are_two_however_seldom() -> None:
    assert len(identities_of({"Mrs. Hobb": 1, "Miss Hobb": 1})) == 2


def test_the_beginning_of_a_name_is_the_same_person() -> None:
    names = {"Mary Ann": 5, "Mary Ann Hobb": 2}
    assert identities_of(names) == {frozenset(names)}


def test_a_wife_is_called_by_her_husbands_given_name() -> None:
    names = {"Mrs. Peter": 2, "Mrs. Peter Hobb": 1, "Mrs. Hobb": 4}
    assert identities_of(names) == {frozenset(names)}


def test_a_wifes_given_name_is_that_of_the_only_woman_she_can_be() -> None:
    names = {"Mrs. Hobb": 9, "Susan Hobb": 2, "Susan": 1}
    one = {frozenset(names)}
    assert identities_of(names) == one
    daughter = {"Jane Hobb": 2, "Miss Jane Hobb": 3}
    assert identities_of(names | daughter) == one | {frozenset(daughter)}


def test_a_surname_that_speaks_alone_is_no_ladys() -> None:
    names = {"Mrs. Hobb": 9, "Hobb": 5}
    assert identities_of(names) == {frozenset(names)}
    assert len(identities_of(names, speaks={"Hobb": 2})) == 2


def test_two_short_forms_of_a_name_that_nobody_bears_are_two() -> None:
    assert len(identities_of({"Bess": 5, "Lizzy": 5})) == 2
    together = {"Bess": 5, "Lizzy": 5, "Elizabeth": 3}
    assert identities_of(together) == {frozenset(together)}


def test_a_word_of_kinship_is_the_one_persons_who_bears_it() -> None:
    names = {"Aunt Jane": 5, "Aunt": 3}
    assert identities_of(names) == {frozenset(names)}
    assert frozenset({"Aunt"}) in identities_of(names | {"Aunt Susan": 2})


def test_a_king_is_no_knight() -> None:
    assert len(identities_of({"King John": 2, "Sir John": 5})) == 2
