package io.drover.execution;

import java.util.List;

/**
 * Inputs that cannot be used: each wrong field with its value and what was expected. Nothing was
 * started.
 */
public final class InvalidInput extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Field> fields;

  public InvalidInput(List<Field> fields) {
    super(describe(fields));
    this.fields = List.copyOf(fields);
  }

  /** The wrong fields, in the order they were found; never empty. */
  public List<Field> fields() {
    return fields;
  }

  private static String describe(List<Field> fields) {
    StringBuilder out = new StringBuilder("Invalid input:");
    for (Field field : fields) {
      out.append(' ').append(field.name()).append(": ").append(field.value());
      out.append(" (expected: ").append(field.expected()).append(");");
    }
    return out.toString();
  }

  /**
   * One wrong field.
   *
   * @param name dotted path, e.g. {@code healthCheck.port}
   * @param value what was given, cut to 200 characters; {@code (missing)} if nothing was
   * @param expected what would have been right
   */
  public record Field(String name, String value, String expected) {}
}
