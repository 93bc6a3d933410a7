package io.drover.runtime.prism;

import io.drover.odata.ODataPages;
import io.drover.odata.ODataQuery;
import io.drover.odata.PageWalk;
import io.drover.prism.PrismAnswer;
import io.drover.prism.PrismProblem;
import io.drover.prism.PrismRequest;
import io.drover.runtime.Workers;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Reads all pages of a list, each in its tier's turn. */
final class PrismLists {
  /** Pages in one list; more mean that its totals are wrong. */
  private static final int MOST_PAGES = 10_000;

  private final PrismSystems systems;
  private final PrismCalls calls;
  private final Workers workers;

  PrismLists(PrismSystems systems, PrismCalls calls, Workers workers) {
    this.systems = systems;
    this.calls = calls;
    this.workers = workers;
  }

  /** All rows, without a thread waiting. */
  CompletableFuture<List<Map<String, Object>>> all(PrismList list, Caller caller) {
    return new Reading(list, systems.get(list.system()), caller).next(0);
  }

  /**
   * All rows one by one, for a streaming split: a page is read when its first row is asked for, by
   * the thread that asks.
   */
  Iterator<Map<String, Object>> oneByOne(PrismList list, Caller caller) {
    PrismCentral central = systems.get(list.system());
    List<Iterator<Map<String, Object>>> parts = new ArrayList<>();
    for (ODataQuery query : list.queries()) {
      parts.add(new ODataPages<>(page -> fetch(list, central, query, page, caller), walk(list)));
    }
    Iterator<Map<String, Object>> rows =
        parts.stream()
            .flatMap(
                part ->
                    java.util.stream.StreamSupport.stream(
                        java.util.Spliterators.spliteratorUnknownSize(part, 0), false))
            .filter(list.wanted())
            .iterator();
    return rows;
  }

  private PageWalk.Page<Map<String, Object>> fetch(
      PrismList list, PrismCentral central, ODataQuery query, int page, Caller caller) {
    try {
      PrismRequest request = list.request().apply(query.limit(list.pageSize()).page(page));
      return workers.blocking(
          () -> calls.read(central, request, caller).thenApply(PrismAnswer::page).join());
    } catch (CompletionException e) {
      throw PrismProblemsIn.rethrown(PrismProblemsIn.asCallFailure(e));
    }
  }

  private static PageWalk<Map<String, Object>> walk(PrismList list) {
    return new PageWalk<>(list.pageSize(), MOST_PAGES, PrismLists::idOf);
  }

  private static @Nullable String idOf(Map<String, Object> row) {
    Object id = row.get("extId");
    return id == null ? null : id.toString();
  }

  private final class Reading {
    private final PrismList list;
    private final PrismCentral central;
    private final Caller caller;
    private final List<Map<String, Object>> rows = new ArrayList<>();

    Reading(PrismList list, PrismCentral central, Caller caller) {
      this.list = list;
      this.central = central;
      this.caller = caller;
    }

    CompletableFuture<List<Map<String, Object>>> next(int index) {
      if (index >= list.queries().size()) {
        return CompletableFuture.completedFuture(rows);
      }
      return page(index, walk(list));
    }

    private CompletableFuture<List<Map<String, Object>>> page(
        int index, PageWalk<Map<String, Object>> walk) {
      ODataQuery query = list.queries().get(index).limit(list.pageSize()).page(walk.nextPage());
      return calls
          .read(central, list.request().apply(query), caller)
          .thenComposeAsync( // a long list must not grow the stack page by page
              answer -> {
                walk.take(answer.page()).stream().filter(list.wanted()).forEach(rows::add);
                if (rows.size() > list.maxRows()) {
                  throw PrismProblem.of(
                      PrismProblem.Verdict.REFUSED,
                      "too-many-rows",
                      "The list has more than "
                          + list.maxRows()
                          + " rows (maxRows); narrow the filter, or read it one by one");
                }
                return walk.finished() ? next(index + 1) : page(index, walk);
              },
              workers.pool());
    }
  }
}
