package io.drover.catalog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Collects what one rule finds in one file. */
final class Findings {
  private static final int MOST_NAMES = 60;

  /** Of one rule in one file: who reads more? */
  private static final int MOST = 250;

  private final String file;
  private final Trust trust;
  private final String rule;
  private final List<Finding> all = new ArrayList<>();

  Findings(String file, Trust trust, String rule) {
    this.file = file;
    this.trust = trust;
    this.rule = rule;
  }

  Trust trust() {
    return trust;
  }

  void add(Node at, String found, String expected) {
    add(at.from(), found, expected);
  }

  void add(Place at, String found, String expected) {
    if (full()) {
      return;
    }
    all.add(new Finding(file, at.line(), at.column(), rule, found, expected, null));
  }

  /** With the name that was probably meant. */
  void add(Node at, String found, String expected, String wrong, Collection<String> valid) {
    if (full()) {
      return;
    }
    all.add(
        new Finding(
            file,
            at.from().line(),
            at.from().column(),
            rule,
            found,
            expected,
            Nearest.to(wrong, valid)));
  }

  /** Whether there are so many that no more is told. */
  boolean full() {
    return all.size() >= MOST;
  }

  /** Some of many names, for a reader. */
  static String oneOf(Collection<String> names) {
    String few = names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
    return "one of " + few + (names.size() > MOST_NAMES ? ", …" : "");
  }

  List<Finding> all() {
    return all;
  }
}
