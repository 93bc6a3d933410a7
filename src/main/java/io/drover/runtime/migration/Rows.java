package io.drover.runtime.migration;

import io.drover.runtime.StepContext;
import io.drover.runtime.StepFailedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** JSON values as Java sees them. */
final class Rows {
  private Rows() {}

  static Map<String, Object> map(@Nullable Object value) {
    Map<String, Object> map = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> given) {
      given.forEach((name, each) -> map.put(String.valueOf(name), each));
    }
    return map;
  }

  static List<Map<String, Object>> maps(@Nullable Object value) {
    List<Map<String, Object>> all = new ArrayList<>();
    if (value instanceof Iterable<?> rows) {
      rows.forEach(row -> all.add(map(row)));
    }
    return all;
  }

  static List<String> texts(@Nullable Object value) {
    List<String> all = new ArrayList<>();
    if (value instanceof Iterable<?> rows) {
      rows.forEach(row -> all.add(String.valueOf(row)));
    }
    return all;
  }

  /** Empty where it is absent. */
  static String text(Map<String, Object> map, String name) {
    Object value = map.get(name);
    return value == null ? "" : value.toString();
  }

  static long number(Map<String, Object> map, String name, long otherwise) {
    return map.get(name) instanceof Number number ? number.longValue() : otherwise;
  }

  static Map<String, Object> inputs(Exchange exchange) {
    return map(exchange.getVariable("inputs"));
  }

  static Map<String, Object> body(Exchange exchange) {
    return map(exchange.getMessage().getBody());
  }

  static String own(Exchange exchange) {
    return StepContext.of(exchange).key().execution();
  }

  /** What went wrong, in an onException or a doCatch. */
  static String failure(Exchange exchange) {
    Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    return failure == null ? "unknown" : String.valueOf(failure.getMessage());
  }

  static String failureKind(Exchange exchange) {
    Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    return failure instanceof StepFailedException step ? step.getKind() : "error";
  }
}
