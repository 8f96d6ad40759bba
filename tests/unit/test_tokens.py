import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.tokens import index_text, query_text

INDEXED = [
    ("Hello World", "hello world"),
    ("中", "中"),
    ("中文", "中文 文"),
    ("我爱北京", "我爱 爱北 北京 京"),
    ("GPT模型x", "gpt 模型 型 x"),
    ("ＦＵＬＬ－ｗｉｄｔｈ２０", "full width20"),
    ("中文，标点。好", "中文 文 标点 点 好"),
    ("ﬁne Straße", "fine strasse"),
    ("한국어", "한국 국어 어"),
    ("カタカナ", "カタ タカ カナ ナ"),
    ("ｶﾞｷﾞ", "ガギ ギ"),
    ("𠀀𠀁", "𠀀𠀁 𠀁"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "expected"), INDEXED)
def test_index_text(text: str, expected: str) -> None:
    assert " ".join(index_text(text).split()) == expected


QUERIES = [
    ("中文", '"中文"'),
    ("天安门", '"天安 安门"'),
    ("字", '"字"*'),
    ("hello wor", '"hello" AND "wor"*'),
    ('"exact phrase"', '"exact phrase"'),
    ('"exact phrase" mor', '"exact phrase" AND "mor"*'),
    ("中文abc", '"中文" AND "abc"*'),
    ('"模型very强大"', '"模型 型 very 强大"'),
    ('"very强"', '"very 强"*'),
    ("NEAR(a, b) OR c*", '"near" AND "a" AND "b" AND "or" AND "c"*'),
    ('x"y', '"x" AND "y"*'),
    ("col:val", '"col" AND "val"*'),
    ("-", ""),
    ('"', ""),
    ("", ""),
]


@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_query_text(query: str, expected: str) -> None:
    assert query_text(query) == expected


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE VIRTUAL TABLE f USING fts5(x, tokenize = 'unicode61 remove_diacritics 2')")
        yield db


def found(db: sqlite3.Connection, text: str, query: str) -> bool:
    db.execute("DELETE FROM f")
    db.execute("INSERT INTO f VALUES (?)", (index_text(text),))
    return db.execute("SELECT count(*) FROM f WHERE f MATCH ?", (query_text(query),)).fetchone()[0] == 1


SENTENCE = "我爱北京天安门 Hello World，GPT模型very强大，２０２４年"


@pytest.mark.parametrize(
    "query",
    ["北京", "门", "京", "天安门", "hello", "hello wor", "2024", "2024年", "爱 world", '"模型very强"', "Ｈｅｌｌｏ"],
)
def test_what_is_there_is_found(index: sqlite3.Connection, query: str) -> None:
    assert found(index, SENTENCE, query)


@pytest.mark.parametrize("query", ["京北", "天门", "worldly", "安门北", '"world hello"', "东京"])
def test_what_is_not_there_is_not_found(index: sqlite3.Connection, query: str) -> None:
    assert not found(index, SENTENCE, query)


@given(st.text())
def test_no_query_is_a_syntax_error(query: str) -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE VIRTUAL TABLE f USING fts5(x)")
        if expression := query_text(query):
            db.execute("SELECT count(*) FROM f WHERE f MATCH ?", (expression,)).fetchone()


@given(st.text(alphabet="中文字天地 ab", min_size=1))
def test_every_piece_of_a_text_finds_it(text: str) -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE VIRTUAL TABLE f USING fts5(x, tokenize = 'unicode61 remove_diacritics 2')")
        for word in text.split():
            assert found(db, text, word)
