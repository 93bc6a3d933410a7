package io.drover.catalog;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The operators' route files: which are live, which were refused and why. */
public interface LiveRoutes {

  /** By name, files whose text was refused among them. */
  List<State> all();

  /** One file, whether or not it is in the folder now. */
  Optional<State> find(String name);

  /** The texts of a file that were live, the newest first. */
  List<Version> history(String name);

  /** The text of a version that was live. */
  Optional<String> text(String name, String version);

  /**
   * Writes an earlier version back into the folder; it is checked and loaded like any other.
   *
   * @throws java.util.NoSuchElementException when that version was never live
   * @throws IllegalStateException when the folder cannot be written, which a mounted one cannot
   */
  void goBack(String name, String version);

  /** What is wrong with a text if it came into the folder under that name now. */
  Report check(String name, byte[] text);

  /**
   * A file of the folder.
   *
   * @param version what new executions take; null when none is live
   * @param since when it came live here
   * @param refused what is wrong with the text in the folder; empty when that is live
   * @param waivers of the live text
   * @param runbooks that the live text brings
   * @param triggers ids of its routes that start runbooks
   */
  record State(
      String name,
      @Nullable String version,
      @Nullable Instant since,
      List<Finding> refused,
      List<Waiver> waivers,
      List<String> runbooks,
      List<String> triggers) {}

  /** A text that was live. */
  record Version(String version, Instant loadedAt, boolean live) {}
}
