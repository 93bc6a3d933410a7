package io.drover.runtime.prism;

import io.drover.prism.Namespace;
import io.drover.prism.PrismBudget;
import io.drover.prism.PrismSettings;
import io.drover.prism.TaskReader;
import io.drover.prism.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One configured Prism Central: its address, who we are to it, its tiers, its task reader. */
final class PrismCentral {
  /** Dates in headers are whole seconds, and a clock may be corrected while we look. */
  private static final Duration CLOCK_MARGIN = Duration.ofSeconds(3);

  private final String name;
  private final PrismSettings settings;
  private final PrismBudget budget;
  private final Credentials credentials;
  private final TaskReader tasks;
  private final Map<Namespace, Once<Integer>> minors = new EnumMap<>(Namespace.class);
  private final Once<@Nullable Void> identity = new Once<>();
  private volatile Duration skew = Duration.ZERO;

  /**
   * @param tasks makes the reader of this system's tasks
   */
  PrismCentral(
      String name,
      PrismSettings settings,
      Timeline timeline,
      Function<PrismCentral, TaskReader> tasks) {
    this.name = name;
    this.settings = settings;
    PrismSettings.Tiers tiers = settings.tiers();
    this.budget = new PrismBudget(tiers == null ? Map.of() : tiers.perSecond(), timeline);
    this.credentials = new ConfiguredCredentials(name, settings, timeline);
    this.tasks = tasks.apply(this);
  }

  String name() {
    return name;
  }

  PrismSettings settings() {
    return settings;
  }

  PrismBudget budget() {
    return budget;
  }

  Credentials credentials() {
    return credentials;
  }

  TaskReader tasks() {
    return tasks;
  }

  /** The registry name of its HTTP client. */
  String clientName() {
    return "prism-client-" + name;
  }

  /**
   * The minor version to speak: the pinned one, or the newest that both sides know.
   *
   * @param discover asks the system; its failure is not remembered
   */
  CompletableFuture<Integer> minor(
      Namespace namespace, Function<Namespace, CompletableFuture<Integer>> discover) {
    Integer pinned = settings.minor(namespace);
    if (pinned != null) {
      return CompletableFuture.completedFuture(pinned);
    }
    Once<Integer> minor;
    synchronized (minors) {
      minor = minors.computeIfAbsent(namespace, n -> new Once<>());
    }
    return minor.get(() -> discover.apply(namespace));
  }

  /**
   * Completes once this is known to be the system that the ledger served before.
   *
   * @param ask finds out; its failure is not remembered
   */
  CompletableFuture<@Nullable Void> identity(Supplier<CompletableFuture<@Nullable Void>> ask) {
    return identity.get(ask);
  }

  /** Learns from an answer's Date how far its clock is from ours. */
  void sawDate(@Nullable String date, Instant now) {
    if (date == null) {
      return;
    }
    try {
      Instant theirs = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      skew = Duration.between(now, theirs);
    } catch (DateTimeParseException e) {
      // A server without a clock tells nothing; the margin has to do.
    }
  }

  /** A moment of ours by its clock, with a margin, as the beginning of a search. */
  Instant theirs(Instant ours) {
    return ours.plus(skew).minus(CLOCK_MARGIN);
  }
}
