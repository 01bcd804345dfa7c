-- From which offset on the text has told a character's gender, who the narrator is, and to whom a
-- line is said. Casts of before have kept none: their genders are told at the end of the book.

ALTER TABLE characters ADD COLUMN gender_known_from INTEGER NOT NULL DEFAULT 9223372036854775807;
ALTER TABLE characters ADD COLUMN narrator_known_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE quotes ADD COLUMN addressees_known_from INTEGER NOT NULL DEFAULT 0;
