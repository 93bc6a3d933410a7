package io.drover.catalog;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a {@code prism-alerts:} trigger may be told. */
public enum AlertOption {
  TYPES("alertTypes", "ids of alert types with commas, like A130175", each("[A-Za-z0-9_-]{1,64}")),
  SEVERITIES("severities", "some of INFO, WARNING, CRITICAL", each("INFO|WARNING|CRITICAL")),
  CATEGORIES(
      "categories", "Key:Value, several with commas", each("[^:,\\p{Cntrl}]+:[^,\\p{Cntrl}]+")),
  INPUTS("inputs", "some of " + String.join(", ", Fields.ALL), each(String.join("|", Fields.ALL))),
  POLL("poll", "a duration from PT1S to PT1H", between("PT1S", "PT1H")),
  MAX_AGE("maxAge", "a duration from PT1M to PT24H", between("PT1M", "PT24H")),
  MAX_PER_HOUR("maxPerHour", "1 to 1000", text -> text.matches("[1-9][0-9]{0,2}|1000"));

  private static final int MOST_ITEMS = 50;

  private final String key;
  private final String expected;
  private final Predicate<String> right;

  AlertOption(String key, String expected, Predicate<String> right) {
    this.key = key;
    this.expected = expected;
    this.right = right;
  }

  /** What an alert becomes: names of inputs. */
  public static final class Fields {
    public static final List<String> ALL =
        List.of(
            "system",
            "vm",
            "vmName",
            "alert",
            "alertType",
            "title",
            "severity",
            "createdAt",
            "cluster");

    private Fields() {}
  }

  static Set<String> keys() {
    return Arrays.stream(values()).map(AlertOption::key).collect(Collectors.toSet());
  }

  static @Nullable AlertOption of(String key) {
    return Arrays.stream(values()).filter(one -> one.key.equals(key)).findFirst().orElse(null);
  }

  public String key() {
    return key;
  }

  String expected() {
    return expected;
  }

  boolean takes(String text) {
    return right.test(text);
  }

  /**
   * @throws IllegalArgumentException says what was expected
   */
  public String checked(String text) {
    if (!takes(text)) {
      throw new IllegalArgumentException(key + ": " + text + " (expected: " + expected + ")");
    }
    return text;
  }

  /** The parts of a list, in their order. */
  public Set<String> items(String text) {
    return new LinkedHashSet<>(split(checked(text)));
  }

  private static List<String> split(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::strip).toList();
  }

  private static Predicate<String> each(String pattern) {
    return text -> {
      List<String> items = split(text);
      return items.size() <= MOST_ITEMS && items.stream().allMatch(item -> item.matches(pattern));
    };
  }

  private static Predicate<String> between(String least, String most) {
    return text -> {
      try {
        Duration duration = Duration.parse(text);
        return duration.compareTo(Duration.parse(least)) >= 0
            && duration.compareTo(Duration.parse(most)) <= 0;
      } catch (DateTimeException e) {
        return false;
      }
    };
  }
}
