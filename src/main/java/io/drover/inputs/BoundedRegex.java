package io.drover.inputs;

import com.networknt.schema.regex.RegularExpression;
import java.util.regex.Pattern;

/**
 * A pattern of an input schema that gives up. Whoever writes it is not trusted with the JVM, and
 * some patterns take years over thirty characters.
 */
final class BoundedRegex implements RegularExpression {
  private static final int MOST_LOOKS = 2_000_000;

  private final Pattern pattern;

  BoundedRegex(String expression) {
    pattern = Pattern.compile(expression);
  }

  @Override
  public boolean matches(String value) {
    try {
      return pattern.matcher(new Counted(value, 0, value.length(), new int[1])).find();
    } catch (TooLong | StackOverflowError e) {
      return false;
    }
  }

  /** Counts how often the matcher looks at it. */
  private record Counted(String text, int from, int to, int[] looks) implements CharSequence {
    @Override
    public int length() {
      return to - from;
    }

    @Override
    public char charAt(int index) {
      if (++looks[0] > MOST_LOOKS) {
        throw new TooLong();
      }
      return text.charAt(from + index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Counted(text, from + start, from + end, looks);
    }

    @Override
    public String toString() {
      return text.substring(from, to);
    }
  }

  private static final class TooLong extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLong() {
      super(null, null, false, false);
    }
  }
}
