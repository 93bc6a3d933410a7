package io.drover.catalog;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is done again and again ends, and holds no thread meanwhile: loops, pauses, tries, and
 * routes that lead to themselves.
 */
final class LoopsRule implements Rule {
  private static final int MOST_ROUNDS = 10_000;
  private static final int MOST_TRIES = 10_000;

  @Override
  public String name() {
    return "loops";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    for (Block block : file.blocks()) {
      switch (block.name()) {
        case "loop" -> loop(block, findings);
        case "delay" -> delay(block, findings);
        case "onException" -> tries(block, findings);
        default -> {
          // is done once
        }
      }
    }
    circles(file, findings);
  }

  private static void loop(Block loop, Findings findings) {
    if (RouteFile.isTrigger(loop.top())) {
      findings.add(loop.key(), "loop in a trigger", "a loop in the runbook that it starts");
    }
    Node.Text constant = constant(loop);
    if (RouteFile.isTrue(loop.text("doWhile"))) {
      if (constant != null) {
        findings.add(constant, "doWhile: " + constant.value(), "a condition that comes to an end");
      }
    } else if (constant != null && !within(constant, 0, MOST_ROUNDS)) {
      findings.add(constant, "loop " + constant.value(), "a whole number, 0.." + MOST_ROUNDS);
    }
    boolean steps = loop.inside("step") || loop.all().stream().anyMatch(each -> each.is("step"));
    if (RouteFile.isRunbook(loop.top()) && !steps) {
      findings.add(
          loop.key(), "loop without a step", "a step in it, or around it: nobody could stop it");
    }
  }

  private static void delay(Block delay, Findings findings) {
    if (RouteFile.isTrigger(delay.top())) {
      findings.add(delay.key(), "delay in a trigger", "a pause in the runbook that it starts");
    }
    Node.Text constant = constant(delay);
    if (constant != null && !within(constant, 0, 86_400_000)) {
      findings.add(constant, "delay " + constant.value(), "milliseconds, 0..86400000");
    }
    Node.Text async = delay.text("asyncDelayed");
    if (async != null && !async.value().equals("true")) {
      findings.add(async, "asyncDelayed: " + async.value(), "true: a pause holds no thread");
    }
  }

  private static void tries(Block clause, Findings findings) {
    if (clause.option("retryWhile") instanceof Node.Fields held) {
      Node.Text constant = SimpleRule.text(held, "constant");
      if (constant != null) {
        findings.add(constant, "retryWhile: " + constant.value(), "what comes to an end");
      }
    }
    if (clause.option("redeliveryPolicy") instanceof Node.Fields policy) {
      Node.Text most = policy.text("maximumRedeliveries");
      if (most != null && !within(most, 0, MOST_TRIES)) {
        findings.add(
            most, "maximumRedeliveries: " + most.value(), "a whole number, 0.." + MOST_TRIES);
      }
      for (String pause : List.of("redeliveryDelay", "maximumRedeliveryDelay")) {
        Node.Text length = policy.text(pause);
        if (length != null && !within(length, 1, 86_400_000)) {
          findings.add(length, pause + ": " + length.value(), "milliseconds, 1..86400000");
        }
      }
    }
  }

  /** A runbook that starts itself would never be done starting. */
  private static void circles(RouteFile file, Findings findings) {
    Map<String, List<Uri>> calls = new LinkedHashMap<>();
    for (Block route : file.routes()) {
      Uri from = RouteFile.from(route);
      if (from == null || !from.scheme().matches("runbook|direct")) {
        continue;
      }
      List<Uri> out = calls.computeIfAbsent(name(from), any -> new ArrayList<>());
      for (Block block : route.all()) {
        Uri uri = block.is("from") ? null : block.uri();
        if (uri != null && uri.scheme().matches("runbook|direct")) {
          out.add(uri);
        }
      }
    }
    calls.forEach(
        (route, out) -> {
          for (Uri call : out) {
            if (leads(name(call), route, calls)) {
              findings.add(
                  call.at(), name(call) + " leads back to " + route, "a way that comes to an end");
            }
          }
        });
  }

  private static boolean leads(String from, String to, Map<String, List<Uri>> calls) {
    Set<String> seen = new HashSet<>(Set.of(from));
    Deque<String> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      String at = open.pop();
      if (at.equals(to)) {
        return true;
      }
      for (Uri call : calls.getOrDefault(at, List.of())) {
        if (seen.add(name(call))) {
          open.push(name(call));
        }
      }
    }
    return false;
  }

  private static String name(Uri uri) {
    return uri.scheme() + ":" + uri.path();
  }

  private static Node.@Nullable Text constant(Block block) {
    if (!(block.value() instanceof Node.Fields fields)) {
      return null;
    }
    return fields.value("expression") instanceof Node.Fields wrapped
        ? SimpleRule.text(wrapped, "constant")
        : SimpleRule.text(fields, "constant");
  }

  /** Or a placeholder whose default is, if it has one. */
  private static boolean within(Node.Text text, long least, long most) {
    String value = KameletRule.constant(text.value());
    if (value == null) {
      return true;
    }
    return value.matches("-?[0-9]{1,12}")
        && Long.parseLong(value) >= least
        && Long.parseLong(value) <= most;
  }
}
