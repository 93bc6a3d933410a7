package io.drover.odata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ODataPagesTest {
  private final List<Integer> fetched = new ArrayList<>();

  private ODataPages<String> pages(int limit, @Nullable Long total, List<List<String>> pages) {
    return new ODataPages<>(
        page -> {
          fetched.add(page);
          return new PageWalk.Page<>(page < pages.size() ? pages.get(page) : List.of(), total);
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
    assertThat(fetched).containsExactly(0, 1);
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
  void fetchesAPageOnlyWhenItsFirstRowIsAskedFor() {
    ODataPages<String> pages = pages(2, 4L, List.of(List.of("a", "b"), List.of("c", "d")));
    pages.next();
    pages.next();
    assertThat(fetched).containsExactly(0);
    assertThat(pages.next()).isEqualTo("c");
    assertThat(fetched).containsExactly(0, 1);
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
