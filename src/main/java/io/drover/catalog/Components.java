package io.drover.catalog;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints that a runbook's file may name. Everything else that a runbook needs, a Kamelet
 * does. An option is listed only when no value of it can name a class, a bean or another machine.
 */
final class Components {

  /**
   * One component.
   *
   * @param options empty means none; null when another rule knows them
   */
  record Component(String scheme, @Nullable Set<String> options, String path, String pathMeans) {
    boolean takes(String option) {
      return options == null || options.contains(option);
    }
  }

  private static final String NAME = "[a-z0-9]+(-[a-z0-9]+)*";

  static final Map<String, Component> SOURCES = new LinkedHashMap<>();
  static final Map<String, Component> TARGETS = new LinkedHashMap<>();

  static {
    source("runbook", Set.of("recovery", "mutating", "internal"), NAME, "a name in kebab-case");
    source("direct", Set.of(), NAME, "a name in kebab-case");
    source(
        "quartz",
        Set.of("cron", "trigger.timeZone"),
        NAME + "(/" + NAME + ")?",
        "group/name in kebab-case");
    source(
        "platform-http",
        Set.of("httpMethodRestrict", "consumes", "produces"),
        "triggers(/([a-z0-9-]+|\\{[a-zA-Z0-9]+}))+",
        "/triggers/ and a path in kebab-case");
    source(
        "kafka",
        Set.of("groupId", "clientId", "autoOffsetReset", "maxPollRecords", "consumersCount"),
        "[A-Za-z0-9._-]+",
        "the name of a topic");
    source(
        "file",
        // How files are taken is not the author's to say. Patterns over names (include, antInclude)
        // could take longer than anybody waits.
        Set.of(
            "includeExt", "excludeExt", "delay", "initialDelay", "charset", "maxMessagesPerPoll"),
        "\\{\\{drover\\.files\\.directory}}(/" + NAME + ")*",
        "{{drover.files.directory}} and a folder in it");
    target(
        "runbook",
        Set.of(
            "key",
            "wait",
            "priority",
            "each",
            "maxInFlight",
            "maxBad",
            "shared",
            "notAfter",
            "schedule",
            "requester"),
        NAME,
        "the name of a runbook");
    target("approval", Set.of("approvers", "needed", "timeout"), NAME, "the name of a gate");
    target("kamelet", null, NAME, "the name of a Kamelet");
    target("direct", Set.of(), NAME, "the name of a route in this file");
    target("kafka", Set.of("clientId"), "[A-Za-z0-9._-]+", "the name of a topic");
  }

  private Components() {}

  private static void source(String scheme, Set<String> options, String path, String means) {
    SOURCES.put(scheme, new Component(scheme, options, path, means));
  }

  private static void target(
      String scheme, @Nullable Set<String> options, String path, String means) {
    TARGETS.put(scheme, new Component(scheme, options, path, means));
  }

  static List<String> names(Map<String, Component> of) {
    return of.keySet().stream().sorted().toList();
  }
}
