package io.drover.runtime;

import io.drover.execution.Execution;
import io.drover.execution.ExecutionState;
import io.drover.execution.Executions;
import io.drover.execution.LedgerClock;
import io.drover.execution.Occurrences;
import io.drover.execution.Runbooks;
import io.drover.execution.Timetable;
import io.drover.execution.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.component.quartz.QuartzEndpoint;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Quartz is the clock, the ledger decides: whoever records an occurrence starts it. What Quartz did
 * not fire – an hour that daylight saving skipped, or the time when no process ran – is computed
 * from the expression and recorded.
 */
final class Schedules implements Timetable {
  private static final Logger LOG = LoggerFactory.getLogger(Schedules.class);
  private static final Duration GRACE = Duration.ofSeconds(15);
  private static final Duration LATEST = Duration.ofMinutes(2);

  private final Occurrences occurrences;
  private final Executions executions;
  private final Runbooks runbooks;
  private final LedgerClock clock;
  private final Map<String, Schedule> known = new ConcurrentHashMap<>();
  private final Map<String, Instant> checked = new ConcurrentHashMap<>();

  Schedules(Occurrences occurrences, Executions executions, Runbooks runbooks, LedgerClock clock) {
    this.occurrences = occurrences;
    this.executions = executions;
    this.runbooks = runbooks;
    this.clock = clock;
  }

  /**
   * Reads the schedules off the timer routes: each `quartz:` route that starts a runbook with
   * `schedule=`. Those that are no longer there are forgotten.
   */
  void discover(CamelContext context) {
    Map<String, Schedule> found = new HashMap<>();
    for (Route route : context.getRoutes()) {
      if (!(route.getEndpoint() instanceof QuartzEndpoint quartz) || quartz.getCron() == null) {
        continue;
      }
      RouteDefinition definition =
          ((ModelCamelContext) context).getRouteDefinition(route.getRouteId());
      if (definition == null
          || !context.getRouteController().getRouteStatus(route.getRouteId()).isStarted()) {
        continue; // a schedule that is switched off misses nothing
      }
      for (ToDefinition to :
          ProcessorDefinitionHelper.filterTypeInOutputs(
              (List<ProcessorDefinition<?>>) definition.getOutputs(), ToDefinition.class)) {
        RunbookEndpoint target = runbook(context, to);
        if (target != null && target.getSchedule() != null) {
          Object zone =
              quartz.getTriggerParameters() == null
                  ? null
                  : quartz.getTriggerParameters().get("timeZone");
          Schedule schedule =
              new Schedule(
                  target.getName(),
                  target.getSchedule(),
                  quartz.getCron(),
                  zone == null ? ZoneId.systemDefault() : ZoneId.of(zone.toString()),
                  route);
          found.put(schedule.id(), schedule);
        }
      }
    }
    known.keySet().retainAll(found.keySet());
    found.values().forEach(this::add);
  }

  private static @org.jspecify.annotations.Nullable RunbookEndpoint runbook(
      CamelContext context, ToDefinition to) {
    String uri = context.resolvePropertyPlaceholders(to.getEndpointUri());
    return uri.startsWith("runbook:") ? context.getEndpoint(uri, RunbookEndpoint.class) : null;
  }

  void add(Schedule schedule) {
    Schedule before = known.put(schedule.id(), schedule);
    if (before != null && before.sameTimes(schedule)) {
      return;
    }
    Instant now = clock.now();
    // Changed while Drover runs: times of the new expression that are past were never promised.
    checked.put(
        schedule.id(),
        before != null
            ? now
            : occurrences
                .last(schedule.runbook(), schedule.name())
                .map(Occurrences.Occurrence::fireTime)
                .orElse(now));
  }

  List<Schedule> all() {
    return List.copyOf(known.values());
  }

  @Override
  public List<Planned> next(int times) {
    Instant now = clock.now();
    return known.values().stream()
        .sorted(Comparator.comparing(Schedule::id))
        .map(
            schedule ->
                new Planned(
                    schedule.runbook(),
                    schedule.name(),
                    schedule.cron().replace('+', ' '),
                    schedule.zone().getId(),
                    schedule.times().next(now, times)))
        .toList();
  }

  /** Quartz fired. */
  Map<String, Object> fire(
      String runbook, String name, Instant fireTime, String inputs, String requester) {
    Schedule schedule = known.get(runbook + "/" + name);
    if (schedule != null && !schedule.times().isFireTime(fireTime)) {
      LOG.info(
          "Schedule {} of {} is not fired again at {}: that local time came before",
          name,
          runbook,
          fireTime);
      return Map.of("skipped", "the local time comes twice; it fired the first time");
    }
    return occur(runbook, name, fireTime, inputs, requester);
  }

  /** Looks for occurrences that should have fired and did not. */
  void check() {
    Instant now = clock.now();
    for (Schedule schedule : known.values()) {
      Instant from = checked.getOrDefault(schedule.id(), now);
      Instant upTo = now.minus(GRACE);
      if (!upTo.isAfter(from)) {
        continue;
      }
      List<Instant> times = List.copyOf(schedule.times().between(from, upTo));
      for (int i = 0; i < times.size(); i++) {
        boolean last = i == times.size() - 1;
        boolean soonEnough = Duration.between(times.get(i), now).compareTo(LATEST) <= 0;
        boolean catchUp =
            last && runbooks.find(schedule.runbook()).map(r -> !r.mutating()).orElse(false);
        if (soonEnough || catchUp) {
          fireLate(schedule, times.get(i));
        } else {
          occurrences.claim(
              new Occurrences.Occurrence(
                  schedule.runbook(),
                  schedule.name(),
                  times.get(i),
                  Occurrences.State.MISSED,
                  null,
                  "no process ran at that time"));
        }
      }
      checked.put(schedule.id(), upTo);
    }
  }

  /** Through the timer's own route, which knows the inputs. */
  private static void fireLate(Schedule schedule, Instant fireTime) {
    Route route = schedule.route();
    Exchange exchange = route.getEndpoint().createExchange();
    exchange.getIn().setHeader("scheduledFireTime", java.util.Date.from(fireTime));
    try {
      route.getProcessor().process(exchange);
    } catch (Exception e) {
      exchange.setException(e);
    }
    if (exchange.getException() != null) {
      LOG.warn(
          "Schedule {} of {} could not be started for {}: {}",
          schedule.name(),
          schedule.runbook(),
          fireTime,
          Failures.message(exchange.getException()));
    }
  }

  private Map<String, Object> occur(
      String runbook, String name, Instant fireTime, String inputs, String requester) {
    Optional<Occurrences.Occurrence> before = occurrences.last(runbook, name);
    if (!occurrences.claim(
        new Occurrences.Occurrence(
            runbook, name, fireTime, Occurrences.State.CLAIMED, null, null))) {
      return Map.of("skipped", "this occurrence was recorded before");
    }
    Optional<Execution> running =
        before
            .map(Occurrences.Occurrence::execution)
            .flatMap(executions::find)
            .filter(execution -> execution.state() != ExecutionState.ENDED);
    if (running.isPresent()) {
      String why = "the one before, " + running.get().id() + ", still runs";
      occurrences.settle(runbook, name, fireTime, Occurrences.State.SKIPPED, null, why);
      LOG.warn("Schedule {} of {} skips {}: {}", name, runbook, fireTime, why);
      return Map.of("skipped", why);
    }
    try {
      Execution execution =
          runbooks
              .start(
                  new Runbooks.Start(
                      runbook,
                      inputs,
                      requester,
                      new Trigger(Trigger.Kind.SCHEDULE, name + " " + fireTime),
                      "schedule " + name + " " + fireTime,
                      null,
                      null))
              .execution();
      occurrences.settle(runbook, name, fireTime, Occurrences.State.STARTED, execution.id(), null);
      Map<String, Object> told = new HashMap<>();
      told.put("execution", execution.id());
      return told;
    } catch (RuntimeException e) {
      occurrences.settle(
          runbook, name, fireTime, Occurrences.State.SKIPPED, null, Failures.message(e));
      throw e;
    }
  }

  /** One schedule of a runbook. */
  record Schedule(
      String runbook, String name, String cron, ZoneId zone, Route route, FireTimes times) {
    Schedule(String runbook, String name, String cron, ZoneId zone, Route route) {
      this(runbook, name, cron, zone, route, new FireTimes(cron, zone));
    }

    String id() {
      return runbook + "/" + name;
    }

    boolean sameTimes(Schedule other) {
      return cron.equals(other.cron) && zone.equals(other.zone);
    }
  }
}
