"""The use cases of a reader: to search, to talk, to say how far they are."""

from dependency_injector import providers

from adapters.outbound.reranking.learned_order import load_learned
from application.chat_limits import ChatLimits
from application.chat_turn import ChatTurn
from application.check_leaks import CheckLeaks
from application.ground_turn import GroundTurn
from application.hybrid_search import HybridSearch
from application.interlocutor import Interlocutors
from application.move_session import MoveSession
from application.open_session import OpenSession
from application.quotable_books import QuotableBooks
from application.reply_readers import ReplyReaders
from application.set_progress import SetProgress
from application.turn_runner import TurnRunner
from bootstrap.book_uses import BookUses
from bootstrap.engines import Engines
from bootstrap.parts import build_older_book, build_rewrite_query
from bootstrap.stores import Stores


class ReaderUses(BookUses):
    hybrid_search = providers.Singleton(
        HybridSearch,
        books=Stores.books,
        casts=Stores.casts,
        passages=Stores.passages,
        embedder=Engines.embedder,
        vectors=Stores.vectors,
        keywords=Stores.keywords,
        metrics=Engines.metrics,
        reranker=Engines.reranker,
        late_interaction=Engines.late_interaction,
        learned=providers.Singleton(load_learned),
    )
    chat_limits = providers.Singleton(ChatLimits)
    interlocutors = providers.Singleton(
        Interlocutors,
        casts=Stores.casts,
        texts=Stores.texts,
        passages=Stores.passages,
        personas=Stores.personas,
        clock=Engines.clock,
        cache=Stores.cache,
    )
    rewrite_query = providers.Singleton(
        build_rewrite_query, Engines.text_model, Stores.cache, Engines.metrics
    )
    ground_turn = providers.Singleton(
        GroundTurn,
        search=hybrid_search,
        interlocutors=interlocutors,
        books=Stores.books,
        passages=Stores.passages,
        tokens=Engines.token_counter,
        limits=chat_limits,
        rewrite_query=rewrite_query,
    )
    open_session = providers.Singleton(
        OpenSession,
        books=Stores.books,
        casts=Stores.casts,
        sessions=Stores.sessions,
        resolve_frontier=BookUses.resolve_frontier,
        clock=Engines.clock,
        new_id=Engines.new_id,
    )
    move_session = providers.Singleton(
        MoveSession,
        books=Stores.books,
        casts=Stores.casts,
        sessions=Stores.sessions,
        resolve_frontier=BookUses.resolve_frontier,
    )
    set_progress = providers.Singleton(
        SetProgress,
        reading_progress=Stores.reading_progress,
        resolve_frontier=BookUses.resolve_frontier,
        move_session=move_session,
        clock=Engines.clock,
    )
    older_book = providers.Singleton(
        build_older_book,
        Stores.older_characters,
        Stores.older_passages,
        tokens=Engines.token_counter,
        limits=chat_limits,
    )
    quotable_books = providers.Singleton(
        QuotableBooks, books=Stores.books, casts=Stores.casts, texts=Stores.texts
    )
    reply_readers = providers.Singleton(ReplyReaders, quotable_books=quotable_books)
    check_leaks = providers.Singleton(
        CheckLeaks,
        casts=Stores.casts,
        texts=Stores.texts,
        policy=Stores.settings.provided.leak_check,
    )
    chat_turn = providers.Singleton(
        ChatTurn,
        sessions=Stores.sessions,
        books=Stores.books,
        lock=Stores.session_lock,
        resolve_frontier=BookUses.resolve_frontier,
        move_session=move_session,
        interlocutors=interlocutors,
        ground_turn=ground_turn,
        model=Engines.chat_model,
        metrics=Engines.metrics,
        clock=Engines.clock,
        new_id=Engines.new_id,
        limits=chat_limits,
        reply_readers=reply_readers,
        check_leaks=check_leaks,
        older_book=older_book,
    )
    turn_runner = providers.Singleton(
        TurnRunner,
        chat_turn=chat_turn,
        stream=Stores.turn_stream,
        max_turns=Stores.settings.provided.max_concurrent_turns,
    )
