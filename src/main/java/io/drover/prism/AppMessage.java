package io.drover.prism;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One message of Prism's errors and tasks; all of it hostile text, cut to a bounded length.
 *
 * @param code e.g. {@code VMM-30303}; null if absent
 * @param errorGroup e.g. {@code VM_ETAG_MISMATCH}; null if absent
 */
public record AppMessage(
    @Nullable String code, @Nullable String errorGroup, @Nullable String message) {
  private static final int LONGEST = 500;

  /** The messages of an array; anything else gives none. */
  static List<AppMessage> list(@Nullable JsonNode array) {
    List<AppMessage> messages = new ArrayList<>();
    if (array != null && array.isArray()) {
      for (JsonNode node : array) {
        if (node.isObject()) {
          messages.add(
              new AppMessage(
                  Json.text(node, "code"),
                  Json.text(node, "errorGroup"),
                  cut(Json.text(node, "message"))));
        }
      }
    }
    return messages;
  }

  static boolean anyOf(List<AppMessage> messages, String group) {
    return messages.stream().anyMatch(message -> group.equals(message.errorGroup()));
  }

  /** All messages in one line for people; empty when there is nothing to say. */
  public static String told(List<AppMessage> messages) {
    return messages.stream().map(AppMessage::told).distinct().collect(Collectors.joining("; "));
  }

  private String told() {
    StringBuilder out = new StringBuilder();
    if (message != null) {
      out.append('"').append(message).append('"');
    }
    String name = errorGroup == null ? code : code == null ? errorGroup : code + " " + errorGroup;
    if (name != null) {
      out.append(out.isEmpty() ? name : " (" + name + ")");
    }
    return out.isEmpty() ? "no reason given" : out.toString();
  }

  static @Nullable String cut(@Nullable String text) {
    if (text == null) {
      return null;
    }
    String oneLine = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return oneLine.length() > LONGEST ? oneLine.substring(0, LONGEST) + "…" : oneLine;
  }
}
