package io.drover.execution;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who asked for what, when and from where. Written once, never changed. */
public interface Audit {

  void record(
      String who, String action, String target, @Nullable String detail, @Nullable String from);

  /** Newest first. */
  List<Entry> list(int limit);

  /** One line. */
  record Entry(
      Instant at,
      String who,
      String action,
      String target,
      @Nullable String detail,
      @Nullable String from) {}
}
