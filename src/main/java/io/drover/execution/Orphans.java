package io.drover.execution;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Recovery points, locks and effects that no living execution accounts for. */
public interface Orphans {

  /** What is found now, and which systems could not be asked. Reads every configured system. */
  Found find();

  /**
   * @param unread a sentence for each system that could not be asked: it may have more
   */
  record Found(List<Orphan> orphans, List<String> unread) {}

  /**
   * One of them.
   *
   * @param kind {@code recovery-point}, {@code lock} or {@code effect}
   * @param name for people; hostile text
   * @param execution whose it was; null when not even that is known
   * @param detail what it is and what may be done about it
   */
  record Orphan(
      String kind,
      String system,
      String extId,
      @Nullable String name,
      @Nullable String execution,
      String detail,
      @Nullable Instant since) {}
}
