package io.drover.runtime.prism;

import io.drover.odata.ODataPages;
import io.drover.odata.ODataQuery;
import io.drover.odata.PageWalk;
import io.drover.odata.VerifiedScan;
import io.drover.prism.PrismProblem;
import io.drover.runtime.Workers;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.StreamSupport;
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
   * All rows one by one, for a streaming split: a page is read while the rows of the one before it
   * are looked at.
   */
  Iterator<Map<String, Object>> oneByOne(PrismList list, Caller caller) {
    PrismCentral central = systems.get(list.system());
    return list.queries().stream()
        .map(query -> pages(list, central, query, caller, walk(list)))
        .flatMap(part -> StreamSupport.stream(Spliterators.spliteratorUnknownSize(part, 0), false))
        .filter(list.wanted())
        .iterator();
  }

  /**
   * Page after page, until it is sure that nothing is missing.
   *
   * @param list with one query
   */
  VmScan scan(PrismList list, Caller caller) {
    PrismCentral central = systems.get(list.system());
    ODataQuery query = list.queries().get(0);
    return new VmScan(
        list,
        new VerifiedScan<>(
            () -> walk(list),
            walk -> pages(list, central, query, caller, walk),
            PrismLists::idOf,
            list.passes()));
  }

  private ODataPages<Map<String, Object>> pages(
      PrismList list,
      PrismCentral central,
      ODataQuery query,
      Caller caller,
      PageWalk<Map<String, Object>> walk) {
    return new ODataPages<>(
        page ->
            // On a worker of its own: a call that need not wait for its turn runs where it is made.
            CompletableFuture.supplyAsync(
                    () ->
                        calls.read(
                            central,
                            list.request().apply(query.limit(list.pageSize()).page(page)),
                            caller),
                    workers.pool())
                .thenCompose(read -> read)
                .thenApply(answer -> answer::page),
        this::arrived,
        walk);
  }

  private <T> T arrived(CompletableFuture<T> page) {
    try {
      return workers.blocking(page::join);
    } catch (CompletionException e) {
      throw PrismProblemsIn.rethrown(PrismProblemsIn.asCallFailure(e));
    }
  }

  static PrismProblem tooMany(int maxRows, String advice) {
    return PrismProblem.of(
        PrismProblem.Verdict.REFUSED,
        "too-many-rows",
        "The list has more than " + maxRows + " rows (maxRows); " + advice);
  }

  /** The extIds of a row's categories. */
  static List<String> categories(Map<String, Object> row) {
    List<String> ids = new ArrayList<>();
    if (row.get("categories") instanceof List<?> own) {
      for (Object each : own) {
        if (each instanceof Map<?, ?> category) {
          ids.add(String.valueOf(category.get("extId")));
        }
      }
    }
    return ids;
  }

  /** A time in a row; null when it has none. */
  static @Nullable Instant instant(@Nullable Object text) {
    try {
      return text == null ? null : OffsetDateTime.parse(text.toString()).toInstant();
    } catch (DateTimeException e) {
      return null;
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
                  throw tooMany(list.maxRows(), "narrow the filter, or read it one by one");
                }
                return walk.finished() ? next(index + 1) : page(index, walk);
              },
              workers.pool());
    }
  }
}
