package io.drover.odata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ODataPagesTest {
  private final List<Integer> fetched = new ArrayList<>();

  private ODataPages<String> pages(int limit, @Nullable Long total, List<List<String>> pages) {
    return new ODataPages<>(
        page -> {
          fetched.add(page);
          return CompletableFuture.completedFuture(
              () -> new PageWalk.Page<>(page < pages.size() ? pages.get(page) : List.of(), total));
        },
        new PageWalk<>(limit, 10, row -> row));
  }

  private static List<String> all(ODataPages<String> pages) {
    List<String> rows = new ArrayList<>();
    pages.forEachRemaining(rows::add);
    return rows;
  }

  @Test
  void stopsAtTheTotalWithoutAskingForAnEmptyPage() {
    assertThat(all(pages(2, 4L, List.of(List.of("a", "b"), List.of("c", "d")))))
        .containsExactly("a", "b", "c", "d");
    assertThat(fetched).containsExactly(0, 1);
  }

  @Test
  void stopsAtAShortPageWhereThereIsNoTotal() {
    assertThat(all(pages(2, null, List.of(List.of("a", "b"), List.of("c")))))
        .containsExactly("a", "b", "c");
    assertThat(fetched).containsExactly(0, 1);
  }

  @Test
  void goesOnOverShortPagesWhileTheTotalIsNotReached() {
    assertThat(all(pages(2, 4L, List.of(List.of("a"), List.of("b", "c"), List.of("d")))))
        .containsExactly("a", "b", "c", "d");
  }

  @Test
  void stopsAtAnEmptyPageWhateverTheTotalSays() {
    assertThat(all(pages(2, 99L, List.of(List.of("a", "b"))))).containsExactly("a", "b");
    assertThat(fetched).as("by its total there would be more").containsExactly(0, 1, 2, 3);
  }

  @Test
  void givesARowOnceThatSlidOntoTheNextPage() {
    assertThat(all(pages(2, 4L, List.of(List.of("a", "b"), List.of("b", "c")))))
        .containsExactly("a", "b", "c");
  }

  @Test
  void givesNothingForAnEmptyList() {
    assertThat(all(pages(2, 0L, List.of()))).isEmpty();
    assertThat(all(pages(2, null, List.of()))).isEmpty();
  }

  @Test
  void fetchesTwoPagesAheadAndNoneThatMayNotBeThere() {
    List<List<String>> four = List.of(List.of("a"), List.of("b"), List.of("c"), List.of("d"));
    ODataPages<String> pages = pages(1, 4L, four);
    assertThat(fetched).isEmpty();
    pages.next();
    assertThat(fetched).containsExactly(0, 1, 2);
    assertThat(pages.next()).isEqualTo("b");
    assertThat(fetched).containsExactly(0, 1, 2, 3);
    assertThat(all(pages)).containsExactly("c", "d");
    assertThat(fetched).as("none after the last").containsExactly(0, 1, 2, 3);
    fetched.clear();
    ODataPages<String> silent = pages(1, null, four);
    silent.next();
    assertThat(fetched).containsExactly(0);
  }

  @Test
  void fetchesAPageThatFailedAgainWhenItIsAskedForOnceMore() {
    List<Integer> asked = new ArrayList<>();
    ODataPages<String> pages =
        new ODataPages<>(
            page -> {
              asked.add(page);
              return page == 1 && asked.size() == 2
                  ? CompletableFuture.failedFuture(new IllegalStateException("away"))
                  : CompletableFuture.completedFuture(
                      () -> new PageWalk.Page<>(List.of("row " + page), 3L));
            },
            new PageWalk<>(1, 10, row -> row));
    assertThat(pages.next()).isEqualTo("row 0");
    assertThatThrownBy(pages::next).hasRootCauseMessage("away");
    assertThat(all(pages)).containsExactly("row 1", "row 2");
    assertThat(asked).containsExactly(0, 1, 2, 1, 2);
  }

  @Test
  void tellsIdsApartThatOnlyLookLikeOneUuid() {
    List<String> ids =
        List.of(
            "0000000a-0000-4000-8000-00000000000b",
            "0000000A-0000-4000-8000-00000000000B",
            "a-0-4000-8000-b",
            "not an id at all");
    assertThat(all(pages(4, 4L, List.of(ids)))).isEqualTo(ids);
    assertThat(all(pages(2, 4L, List.of(ids.subList(0, 2), ids.subList(0, 2))))).hasSize(2);
  }

  @Test
  void refusesAListWithoutEnd() {
    List<List<String>> endless =
        IntStream.range(0, 20).mapToObj(i -> List.of("a" + i, "b" + i)).toList();
    assertThatIllegalStateException()
        .isThrownBy(() -> all(pages(2, null, endless)))
        .withMessageContaining("10 pages");
  }
}
