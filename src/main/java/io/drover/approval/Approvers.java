package io.drover.approval;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who may answer.
 *
 * @param users by name
 * @param groups whoever is in one of them
 */
public record Approvers(Set<String> users, Set<String> groups) {

  /**
   * Reads {@code user:anna, group:storage}.
   *
   * @throws IllegalArgumentException when it names nobody or is written otherwise
   */
  public static Approvers parse(String text) {
    Set<String> users = new LinkedHashSet<>();
    Set<String> groups = new LinkedHashSet<>();
    for (String part : text.split(",")) {
      String name = part.strip();
      if (name.matches("user:[A-Za-z0-9._@-]{1,100}")) {
        users.add(name.substring(5));
      } else if (name.matches("group:[A-Za-z0-9._@-]{1,100}")) {
        groups.add(name.substring(6));
      } else if (!name.isEmpty()) {
        throw new IllegalArgumentException(
            "approvers: " + name + " (expected: user:NAME or group:NAME, with commas between)");
      }
    }
    if (users.isEmpty() && groups.isEmpty()) {
      throw new IllegalArgumentException(
          "approvers: nobody is named (expected: user:NAME or group:NAME, with commas between)");
    }
    return new Approvers(users, groups);
  }

  /** Whether somebody with this name and these groups may answer. */
  public boolean include(String name, Set<String> hisGroups) {
    return users.contains(name) || hisGroups.stream().anyMatch(groups::contains);
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return Stream.concat(
            users.stream().map(user -> "user:" + user), groups.stream().map(g -> "group:" + g))
        .collect(Collectors.joining(", "));
  }
}
