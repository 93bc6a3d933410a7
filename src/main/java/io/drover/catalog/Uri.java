package io.drover.catalog;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint as a route names it; options of its {@code uri} and of its {@code parameters} are one
 * list.
 *
 * @param scheme as written; empty when there is none
 * @param path between the scheme and the options, without leading slashes
 * @param at where the {@code uri} stands
 */
record Uri(String whole, String scheme, String path, List<Option> options, Node at) {

  /** One option; {@code value} is null when it is no text. */
  record Option(String name, @Nullable String value, Node at) {}

  @Nullable Option option(String name) {
    for (Option option : options) {
      if (option.name().equals(name)) {
        return option;
      }
    }
    return null;
  }

  boolean says(String name, String value) {
    Option option = option(name);
    return option != null && value.equals(option.value());
  }

  static Uri of(Node.Text text, @Nullable Node parameters) {
    String whole = text.value();
    int mark = end(whole);
    String address = whole.substring(0, mark);
    int colon = address.indexOf(':');
    String scheme = colon < 0 ? "" : address.substring(0, colon);
    String path = (colon < 0 ? address : address.substring(colon + 1)).replaceFirst("^/+", "");
    List<Option> options = new ArrayList<>();
    if (mark < whole.length()) {
      for (String part : whole.substring(mark + 1).split("&", -1)) {
        int equals = part.indexOf('=');
        options.add(
            equals < 0
                ? new Option(part, "", text)
                : new Option(part.substring(0, equals), decoded(part.substring(equals + 1)), text));
      }
    }
    if (parameters instanceof Node.Fields fields) {
      for (Node.Field field : fields.fields()) {
        options.add(
            new Option(
                field.name(),
                field.value() instanceof Node.Text value ? value.value() : null,
                field.key()));
      }
    }
    return new Uri(whole, scheme, path, List.copyOf(options), text);
  }

  /** A question mark inside a placeholder does not begin the options. */
  private static int end(String whole) {
    int inside = 0;
    for (int i = 0; i < whole.length(); i++) {
      char c = whole.charAt(i);
      if (c == '{') {
        inside++;
      } else if (c == '}') {
        inside--;
      } else if (c == '?' && inside <= 0) {
        return i;
      }
    }
    return whole.length();
  }

  /** As Camel does with the options' values: what is hidden behind a percent sign counts. */
  static String decoded(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    StringBuilder decoded = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int value = c == '%' && i + 2 < text.length() ? hex(text, i + 1) : -1;
      if (value >= 0) {
        decoded.append((char) value);
        i += 2;
      } else {
        decoded.append(c);
      }
    }
    return decoded.toString();
  }

  private static int hex(String text, int at) {
    int high = Character.digit(text.charAt(at), 16);
    int low = Character.digit(text.charAt(at + 1), 16);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
  }
}
