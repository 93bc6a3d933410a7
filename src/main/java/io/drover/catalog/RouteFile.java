package io.drover.catalog;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A route file that could be read.
 *
 * @param lines of the text, for rules that look at comments too
 * @param routes its top-level entries that are routes or route configurations
 * @param blocks these, and all inside them, in the order of the text
 */
record RouteFile(
    String name, List<String> lines, Node root, List<Block> routes, List<Block> blocks) {

  static RouteFile of(String name, String text, Node root) {
    List<Block> routes = new ArrayList<>();
    if (root instanceof Node.Items items) {
      for (Node item : items.items()) {
        if (item instanceof Node.Fields fields) {
          fields.fields().stream()
              .filter(field -> field.name().matches("route|routeConfiguration"))
              .forEach(field -> routes.add(Block.root(field)));
        }
      }
    }
    return new RouteFile(
        name,
        List.of(text.split("\r\n|\r|\n", -1)),
        root,
        List.copyOf(routes),
        routes.stream().flatMap(route -> route.all().stream()).toList());
  }

  /** What its routes bring, as far as it is written. */
  Declared declared() {
    Set<String> ids = new LinkedHashSet<>();
    List<Runbook> runbooks = new ArrayList<>();
    Set<String> directs = new LinkedHashSet<>();
    Set<String> paths = new LinkedHashSet<>();
    Set<String> configurations = new LinkedHashSet<>();
    Set<String> schedules = new LinkedHashSet<>();
    for (Block route : routes) {
      Node.Text id = route.text("id");
      if (id != null) {
        (route.is("route") ? ids : configurations).add(id.value());
      }
      Uri from = from(route);
      if (from == null) {
        continue;
      }
      switch (from.scheme()) {
        case "runbook" -> runbooks.add(runbook(from));
        case "direct" -> directs.add(from.path());
        case "platform-http" -> paths.add(address(from));
        case "quartz" -> schedules.addAll(schedules(route, from));
        default -> {
          // brings no name
        }
      }
    }
    return new Declared(ids, List.copyOf(runbooks), directs, paths, configurations, schedules);
  }

  /** The path of an HTTP trigger; what its variables are called makes no other one of it. */
  static String address(Uri from) {
    return "/" + from.path().replaceAll("\\{[^}]*}", "{}");
  }

  /** What Quartz and the ledger know a schedule by. */
  static Set<String> schedules(Block route, Uri from) {
    Set<String> names = new LinkedHashSet<>();
    names.add("quartz:" + from.path());
    for (Block block : route.all()) {
      Uri uri = block.is("from") ? null : block.uri();
      Uri.Option schedule =
          uri != null && uri.scheme().equals("runbook") ? uri.option("schedule") : null;
      if (uri != null && schedule != null) {
        names.add("runbook:" + uri.path() + "?schedule=" + schedule.value());
      }
    }
    return names;
  }

  static @Nullable Uri from(Block route) {
    for (Block child : route.children()) {
      if (child.is("from")) {
        return child.uri();
      }
    }
    return null;
  }

  static boolean isRunbook(Block route) {
    Uri from = from(route);
    return route.is("route") && from != null && from.scheme().equals("runbook");
  }

  /** Neither a runbook nor a sub-route: it starts runbooks. */
  static boolean isTrigger(Block route) {
    Uri from = from(route);
    return route.is("route")
        && from != null
        && !from.scheme().equals("runbook")
        && !from.scheme().equals("direct");
  }

  static boolean isTrue(Node.@Nullable Text flag) {
    return flag != null && flag.value().equals("true");
  }

  static Runbook runbook(Uri from) {
    return new Runbook(
        from.path(),
        !from.says("mutating", "false"),
        from.says("internal", "true"),
        from.says("recovery", "true"));
  }
}
