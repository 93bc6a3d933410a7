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

  private static final String NAME = "[a-z0-9]++(-[a-z0-9]++)*+";

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
        "triggers/[a-z0-9-]++(/([a-z0-9-]++|\\{[a-zA-Z0-9]++}))*+",
        "/triggers/ and a path in kebab-case; its first part is a name");
    source(
        "kafka",
        Set.of("groupId", "clientId", "autoOffsetReset", "maxPollRecords", "consumersCount"),
        "[A-Za-z0-9._-]+",
        "the name of a topic");
    source(
        "file",
        Set.of(
            "include",
            "exclude",
            "delay",
            "initialDelay",
            "delete",
            "idempotent",
            "readLock",
            "charset",
            "maxMessagesPerPoll",
            "maxDepth",
            "minDepth"),
        "\\{\\{drover\\.files\\.directory}}(/" + NAME + ")*+",
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

  /** What an option's value is: a pattern, and what a person calls it. */
  record Value(String pattern, String means) {}

  private static final Map<String, Value> VALUES = new LinkedHashMap<>();

  private static void value(String options, String pattern, String means) {
    for (String option : options.split(" ")) {
      VALUES.put(option, new Value(pattern, means));
    }
  }

  static {
    String flag = "true|false";
    String computed = "|\\$\\{.*}";
    value("runbook.recovery runbook.mutating runbook.internal", flag, "true or false");
    value("runbook.wait runbook.each file.delete file.idempotent", flag, "true or false");
    value("runbook.key", "\\S.*", "a text that names the child, like ${body[extId]}");
    value("runbook.priority", "-?[0-9]|-?[1-9][0-9]|-?100", "-100..100");
    value("runbook.maxInFlight", "[1-9][0-9]{0,3}|10000" + computed, "1..10000");
    value("runbook.maxBad", "-1|[0-9]{1,9}" + computed, "a whole number");
    value("runbook.shared", "[a-z][A-Za-z0-9]*", "the name of a variable");
    value(
        "runbook.notAfter",
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z" + computed,
        "an instant, like 2026-11-01T02:00:00Z");
    value("runbook.schedule", NAME, "a name in kebab-case");
    value(
        "platform-http.httpMethodRestrict",
        "([A-Z]{1,9},){0,8}POST(,[A-Z]{1,9}){0,8}",
        "POST: Drover lets no other call through to a trigger");
    value(
        "platform-http.consumes platform-http.produces",
        "[a-z*]+/[A-Za-z0-9.+*-]+(;[ A-Za-z0-9=-]+)?(, ?[a-z*]+/[A-Za-z0-9.+*-]+){0,20}",
        "a media type, like application/json");
    value("kafka.groupId kafka.clientId", "[A-Za-z0-9._-]+", "a name");
    value("kafka.autoOffsetReset", "earliest|latest|none", "earliest, latest or none");
    value("kafka.maxPollRecords", "[1-9][0-9]{0,3}|10000", "1..10000");
    value("kafka.consumersCount", "[1-9]|[12][0-9]|3[0-2]", "1..32");
    value("file.delay", "[1-9][0-9]{2,8}", "milliseconds, at least 100");
    value("file.initialDelay", "[0-9]{1,9}", "milliseconds");
    value("file.maxMessagesPerPoll", "[0-9]{1,6}", "a whole number");
    value("file.maxDepth file.minDepth", "[0-9]{1,3}", "a whole number");
    value(
        "file.readLock",
        "none|changed|rename|markerFile|fileLock",
        "none, changed, rename, markerFile or fileLock");
    value("file.charset", "UTF-8|UTF-16|ISO-8859-1|US-ASCII|windows-1252", "a charset, like UTF-8");
  }

  /** What the value of an option must be; null when any text will do, or another rule says. */
  static @Nullable Value value(String scheme, String option) {
    return VALUES.get(scheme + "." + option);
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
