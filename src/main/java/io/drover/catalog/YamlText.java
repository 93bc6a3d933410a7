package io.drover.catalog;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads YAML into nodes with their places, event by event, and stops at the first event beyond a
 * limit. It is the parser that Camel's YAML DSL has, so both read the same file.
 */
final class YamlText {
  static final String RULE = "readable";

  private final String file;
  private final Limits limits;
  private final boolean plainly;

  /** How far a quote that was left open is looked for. */
  private static final int OPEN_LINES = 300;

  private final Map<String, Anchored> anchors = new HashMap<>();
  private Iterator<Event> events = List.<Event>of().iterator();
  private int nodes;
  private int aliases;

  private YamlText(String file, Limits limits, boolean plainly) {
    this.file = file;
    this.limits = limits;
    this.plainly = plainly;
  }

  /** The only document of a text. */
  static Node read(String file, byte[] bytes, Limits limits) throws UnreadableText {
    return new YamlText(file, limits, false).read(bytes);
  }

  /** As {@link #read}, for who does not ask where something is wrong. */
  static Node readPlainly(byte[] bytes) throws UnreadableText {
    return new YamlText("", Limits.USUAL, true).read(bytes);
  }

  private Node read(byte[] bytes) throws UnreadableText {
    if (bytes.length > limits.bytes()) {
      throw refused(
          Place.START, bytes.length + " bytes", "at most " + limits.bytes() + " bytes in a file");
    }
    String text = decoded(bytes);
    refuseHiddenCharacters(text);
    refuseManyBraces(text);
    refuseLongLines(text);
    LoadSettings settings =
        LoadSettings.builder().setLabel(file).setCodePointLimit(limits.bytes() + 1).build();
    try {
      events = new Parse(settings).parseString(text).iterator();
      return document();
    } catch (MarkedYamlEngineException e) {
      throw refused(plainly ? Place.START : blamed(e, text), e.getProblem(), "well-formed YAML");
    } catch (ReaderException e) {
      throw refused(
          placeOf(text, e.getPosition()),
          "the character U+" + String.format("%04X", e.getCodePoint()),
          "printable characters");
    } catch (YamlEngineException e) {
      throw refused(Place.START, String.valueOf(e.getMessage()), "well-formed YAML");
    }
  }

  /**
   * Where it went wrong, rather than where that was noticed: at a bracket or a quote that was left
   * open.
   */
  private static Place blamed(MarkedYamlEngineException e, String text) {
    Place noticed = e.getProblemMark().map(YamlText::place).orElse(Place.START);
    String context = e.getContext() == null ? "" : e.getContext();
    if (e.getContextMark().isPresent() && context.matches(".*(flow|quoted).*")) {
      noticed = place(e.getContextMark().get());
      if (context.contains("flow")) {
        return noticed;
      }
    }
    String[] lines = text.split("\r\n|\r|\n", -1);
    String problem = String.valueOf(e.getProblem());
    boolean value = problem.contains("mapping values are not allowed");
    Place above = value ? textAbove(lines, noticed, false) : null;
    if (above != null) {
      return above;
    }
    if (value || problem.contains("expected <block end>") || problem.contains("<document start>")) {
      Place moved =
          Indents.blamed(lines, noticed, e.getContextMark().map(YamlText::place).orElse(null));
      above = moved == null && value ? textAbove(lines, noticed, true) : moved;
    }
    if (above != null) {
      return above;
    }
    if (problem.contains("could not find expected ':'") && e.getContextMark().isPresent()) {
      return place(e.getContextMark().get());
    }
    for (int line = noticed.line() - 1; line > Math.max(0, noticed.line() - OPEN_LINES); line--) {
      int quote = leftOpen(lines[line - 1]);
      if (quote >= 0) {
        return new Place(line, quote + 1);
      }
    }
    return noticed;
  }

  /** Where a quote begins that its line does not end; negative when there is none. */
  private static int leftOpen(String line) {
    char open = 0;
    int at = -1;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (open == 0 && (c == '"' || c == '\'')) {
        // An apostrophe inside a word opens nothing.
        if (c == '"' || i == 0 || " {[,:".indexOf(line.charAt(i - 1)) >= 0) {
          open = c;
          at = i;
        }
      } else if (open == 0 && c == '#' && i > 0 && line.charAt(i - 1) == ' ') {
        return -1;
      } else if (open == '"' && c == '\\') {
        i++;
      } else if (c == open) {
        open = 0;
      }
    }
    return open == 0 ? -1 : at;
  }

  /**
   * The line above, when what does not fit below it is no fault of its own: a name there has no
   * colon, or a text that ends there.
   */
  private static @Nullable Place textAbove(String[] lines, Place noticed, boolean withColon) {
    String line = lines[noticed.line() - 1];
    if (line.lastIndexOf(": ", noticed.column() - 2) >= 0) {
      return null;
    }
    for (int above = noticed.line() - 1; above > 0; above--) {
      String before = lines[above - 1];
      if (!Indents.isText(before)) {
        continue;
      }
      String text = before.strip().replaceFirst("^- ", "");
      boolean found =
          withColon
              ? text.matches("[A-Za-z.]+: +[^ {\\[|>&*#].*")
              : !text.contains(": ") && !text.endsWith(":") && !text.matches("[\\[{'\"].*");
      return found ? new Place(above, Indents.indent(before) + 1) : null;
    }
    return null;
  }

  private Node document() throws UnreadableText {
    Event event = next(); // of the stream
    event = next();
    if (!(event instanceof DocumentStartEvent start)) {
      throw refused(Place.START, "nothing", "a list of routes");
    }
    if (!start.getTags().isEmpty()) {
      throw refused(place(event), "a directive", "plain YAML without directives");
    }
    Node node = node(next(), 1).node();
    next(); // of the document
    event = next();
    if (event.getEventId() != Event.ID.StreamEnd) {
      throw refused(place(event), "a second document", "one document in a file");
    }
    return node;
  }

  /** A node with how many nodes it has, and how deep they are, when it is written out. */
  private record Anchored(Node node, int size, int height) {}

  private Anchored node(Event event, int depth) throws UnreadableText {
    if (depth > limits.depth()) {
      throw refused(
          place(event),
          "level " + depth,
          "at most " + limits.depth() + " levels inside each other");
    }
    if (event instanceof AliasEvent alias) {
      return alias(alias, depth);
    }
    count(event, 1);
    if (event instanceof ScalarEvent scalar) {
      refuseTag(event, scalar.getTag());
      refuseLonger(event, scalar.getValue(), limits.text());
      refuseEscaped(event, scalar.getValue());
      Node.Text text =
          new Node.Text(
              scalar.getValue(),
              scalar.getScalarStyle() == ScalarStyle.PLAIN,
              place(event),
              end(event));
      return remembered(scalar.getAnchor(), new Anchored(text, 1, 1));
    }
    if (event instanceof SequenceStartEvent start) {
      refuseTag(event, start.getTag());
      return remembered(start.getAnchor(), items(start, depth));
    }
    if (event instanceof MappingStartEvent start) {
      refuseTag(event, start.getTag());
      return remembered(start.getAnchor(), fields(start, depth));
    }
    throw refused(place(event), "nothing", "a text, a list or an object");
  }

  private Anchored items(SequenceStartEvent start, int depth) throws UnreadableText {
    List<Node> items = new ArrayList<>();
    int size = 1;
    int height = 1;
    Event event = next();
    while (event.getEventId() != Event.ID.SequenceEnd) {
      Anchored item = node(event, depth + 1);
      items.add(item.node());
      size += item.size();
      height = Math.max(height, item.height() + 1);
      event = next();
    }
    return new Anchored(
        new Node.Items(List.copyOf(items), place(start), last(items, end(event))), size, height);
  }

  private Anchored fields(MappingStartEvent start, int depth) throws UnreadableText {
    List<Node.Field> fields = new ArrayList<>();
    Set<String> names = new HashSet<>();
    List<Node> values = new ArrayList<>();
    int size = 1;
    int height = 1;
    Event event = next();
    while (event.getEventId() != Event.ID.MappingEnd) {
      Anchored key = node(event, depth + 1);
      if (!(key.node() instanceof Node.Text name)) {
        throw refused(place(event), key.node().kind() + " as a key", "a name");
      }
      refuseLonger(event, name.value(), limits.name());
      if (!names.add(name.value())) {
        throw refused(place(event), name.value() + " a second time", "each name once");
      }
      Anchored value = node(next(), depth + 1);
      fields.add(new Node.Field(name, value.node()));
      values.add(value.node());
      size += key.size() + value.size();
      height = Math.max(height, value.height() + 1);
      event = next();
    }
    return new Anchored(
        new Node.Fields(List.copyOf(fields), place(start), last(values, end(event))), size, height);
  }

  /** A block ends where its last part ends, not where the next line begins. */
  private static Place last(List<Node> parts, Place end) {
    Place last = parts.isEmpty() ? end : parts.get(parts.size() - 1).to();
    return last.line() < end.line() ? last : end;
  }

  private Anchored alias(AliasEvent alias, int depth) throws UnreadableText {
    Anchored of = anchors.get(alias.getAlias().getValue());
    if (of == null) {
      throw refused(
          place(alias), "*" + alias.getAlias().getValue(), "an anchor that ends before it");
    }
    if (++aliases > limits.aliases()) {
      throw refused(place(alias), "alias " + aliases, "at most " + limits.aliases() + " aliases");
    }
    if (depth + of.height() - 1 > limits.depth()) {
      throw refused(
          place(alias),
          "level " + (depth + of.height() - 1),
          "at most " + limits.depth() + " levels inside each other");
    }
    count(alias, of.size());
    return of;
  }

  private Anchored remembered(Optional<Anchor> anchor, Anchored node) {
    anchor.ifPresent(name -> anchors.put(name.getValue(), node));
    return node;
  }

  private void count(Event event, int more) throws UnreadableText {
    nodes += more;
    if (nodes > limits.nodes()) {
      throw refused(place(event), nodes + " nodes", "at most " + limits.nodes() + " in a file");
    }
  }

  /** A tag names a type; some parsers make an object of it. */
  private void refuseTag(Event event, Optional<String> tag) throws UnreadableText {
    if (tag.isPresent()) {
      throw refused(place(event), "the tag " + tag.get(), "no tags");
    }
  }

  private void refuseLonger(Event event, String text, int most) throws UnreadableText {
    if (text.length() > most) {
      throw refused(
          place(event), text.length() + " characters", "at most " + most + " characters here");
    }
  }

  private Event next() throws UnreadableText {
    if (!events.hasNext()) {
      throw refused(Place.START, "nothing", "a list of routes");
    }
    return events.next();
  }

  private String decoded(byte[] bytes) throws UnreadableText {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(in)
              .toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      String before = new String(bytes, 0, in.position(), StandardCharsets.UTF_8);
      throw refused(placeOf(before, before.length()), "bytes that are no text", "UTF-8");
    }
  }

  /** What turns or hides text lets a reviewer read another file than the machine does. */
  private void refuseHiddenCharacters(String text) throws UnreadableText {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isHidden(c)) {
        throw refused(
            placeOf(text, i),
            "the invisible character U+" + String.format("%04X", (int) c),
            "only characters that are seen");
      }
    }
  }

  /** What may not stand in the text must not be written as a code either: logs would obey it. */
  private void refuseEscaped(Event event, String text) throws UnreadableText {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean alone =
          Character.isSurrogate(c)
              && !(Character.isHighSurrogate(c)
                  && i + 1 < text.length()
                  && Character.isLowSurrogate(text.charAt(i + 1)));
      if ((Character.isISOControl(c) && c != '\n' && c != '\t') || isHidden(c) || alone) {
        throw refused(
            place(event),
            "the character U+" + String.format("%04X", (int) c) + " by its code",
            "only characters that are seen");
      }
      if (Character.isHighSurrogate(c)) {
        i++;
      }
    }
  }

  private static boolean isHidden(char c) {
    return (c >= '\u200B' && c <= '\u200F')
        || (c >= '\u2028' && c <= '\u202E')
        || (c >= '\u2060' && c <= '\u2069')
        || c == '\u00AD'
        || c == '\uFEFF';
  }

  private void refuseManyBraces(String text) throws UnreadableText {
    int braces = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '{' || text.startsWith("%7", i)) {
        braces++;
        if (braces > limits.braces()) {
          throw refused(
              placeOf(text, i), braces + " braces", "at most " + limits.braces() + " in a file");
        }
      }
    }
  }

  /** The parser reads a whole key ahead and copies it as it grows. */
  private void refuseLongLines(String text) throws UnreadableText {
    int line = 1;
    int begin = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i - begin > limits.text()) {
        throw refused(
            new Place(line, 1),
            "a line of more than " + limits.text() + " characters",
            "at most " + limits.text() + " characters in a line");
      }
      if (i < text.length() && endsLine(text, i)) {
        line++;
        begin = i + 1;
      }
    }
  }

  /** As the parser counts: a carriage return alone ends a line, too. */
  private static boolean endsLine(String text, int at) {
    char c = text.charAt(at);
    return c == '\n' || (c == '\r' && !text.startsWith("\n", at + 1));
  }

  private static Place placeOf(String text, int position) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < Math.min(position, text.length()); i++) {
      column++;
      if (endsLine(text, i)) {
        line++;
        column = 1;
      }
    }
    return new Place(line, column);
  }

  private UnreadableText refused(Place at, String found, String expected) {
    return new UnreadableText(
        new Finding(file, at.line(), at.column(), RULE, found, expected, null));
  }

  private static Place place(Event event) {
    return event.getStartMark().map(YamlText::place).orElse(Place.START);
  }

  private static Place end(Event event) {
    return event.getEndMark().map(YamlText::place).orElse(Place.START);
  }

  private static Place place(Mark mark) {
    return new Place(mark.getLine() + 1, mark.getColumn() + 1);
  }

  /** For readers of packaged files, which are known to be well-formed. */
  static @Nullable String text(@Nullable Node node) {
    return node instanceof Node.Text text && !text.isNothing() ? text.value() : null;
  }
}
