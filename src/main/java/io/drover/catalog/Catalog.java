package io.drover.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks route files before Camel sees them. It reads nothing but what it is given, keeps nothing,
 * and may be used by many threads at once.
 */
public final class Catalog {
  private static final List<Rule> RULES =
      List.of(
          new ShapeRule(),
          new IdsRule(),
          new NamesRule(),
          new KameletRule(),
          new StepsRule(),
          new EffectsRule(),
          new SplitRule(),
          new RedeliveryRule(),
          new LoopsRule(),
          new WayBackRule(),
          new MutatingRule(),
          new ApprovalsRule(),
          new ScheduleRule(),
          new ComponentsRule(),
          new TargetsRule(),
          new DoorsRule(),
          new LanguagesRule(),
          new FunctionsRule(),
          new SimpleRule(),
          new VariablesRule(),
          new BeansRule(),
          new ReservedRule(),
          new HeadersRule(),
          new TypesRule(),
          new PlaceholdersRule(),
          new CredentialsRule(),
          new OwnNamesRule());

  private static final String WAIVER = "waiver";
  private static final Pattern NOTE = Pattern.compile("waives ([a-z-]+): (.*)", Pattern.DOTALL);
  private static final int SHORTEST_REASON = 20;
  private static final int MOST_FINDINGS = 200;

  /** What the people who run Drover may waive; the rest keeps the JVM and the ledger safe. */
  private static final Set<String> WAIVABLE_BY_OPERATORS = Set.of("way-back");

  /** What nobody waives: without it a file says nothing that could be judged. */
  private static final Set<String> NEVER_WAIVED =
      Set.of(YamlText.RULE, "shape", "ids", "credentials", WAIVER);

  private final Limits limits;

  public Catalog() {
    this(Limits.USUAL);
  }

  public Catalog(Limits limits) {
    this.limits = limits;
  }

  /** Names of all rules, as findings say them. */
  public static Set<String> rules() {
    Set<String> names = new LinkedHashSet<>();
    names.add(YamlText.RULE);
    RULES.forEach(rule -> names.add(rule.name()));
    names.add(WAIVER);
    return names;
  }

  /**
   * What is wrong with an operator's file, in the order of its text; nothing when it may be loaded.
   *
   * @param fileName without its folder, {@code NAME.camel.yaml}
   */
  public List<Finding> check(String fileName, byte[] text, Known known) {
    return examine(fileName, text, Trust.OPERATOR, known).findings();
  }

  /** As {@link #check}, with the waivers that count and what the file declares. */
  public Report examine(String fileName, byte[] text, Trust trust, Known known) {
    RouteFile file;
    try {
      Node root = YamlText.read(fileName, text, limits);
      file = RouteFile.of(fileName, new String(text, StandardCharsets.UTF_8), root);
    } catch (UnreadableText e) {
      return new Report(List.of(e.finding()), List.of(), Declared.NOTHING);
    }
    List<Finding> found = new ArrayList<>();
    for (Rule rule : RULES) {
      if (trust != Trust.DOOR || rule.ofDoors()) {
        Findings findings = new Findings(fileName, trust, rule.name());
        try {
          rule.check(file, known, findings);
        } catch (StackOverflowError e) {
          // A pattern over a long text; whoever looks at the folder must go on looking.
          findings.add(Place.START, "texts too long to be checked", "shorter ones");
        }
        found.addAll(findings.all());
      }
    }
    Findings aboutWaivers = new Findings(fileName, trust, WAIVER);
    List<Waiver> waivers = waive(file, found, aboutWaivers);
    found.addAll(aboutWaivers.all());
    List<Finding> findings = found.stream().distinct().sorted(Finding.IN_ORDER).toList();
    return new Report(first(findings), waivers, file.declared());
  }

  /** A file may have thousands; nobody mends what is behind the first hundreds before those. */
  private static List<Finding> first(List<Finding> findings) {
    if (findings.size() <= MOST_FINDINGS) {
      return findings;
    }
    List<Finding> first = new ArrayList<>(findings.subList(0, MOST_FINDINGS));
    Finding next = findings.get(MOST_FINDINGS);
    first.add(
        new Finding(
            next.file(),
            next.line(),
            next.column(),
            next.rule(),
            (findings.size() - MOST_FINDINGS) + " findings more, from here on",
            "those before to be mended first",
            null));
    return List.copyOf(first);
  }

  /** What a text brings, as far as it is written; nothing when it cannot be read. */
  public Declared declared(String fileName, byte[] text) {
    try {
      return RouteFile.of(fileName, "", YamlText.read(fileName, text, limits)).declared();
    } catch (UnreadableText e) {
      return Declared.NOTHING;
    }
  }

  /**
   * Reads a file's text for a check. Of a file that is too large only so much is read that the
   * check sees that it is.
   */
  public byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(limits.bytes() + 1);
    }
  }

  private static List<Waiver> waive(RouteFile file, List<Finding> found, Findings aboutWaivers) {
    List<Waiver> waivers = new ArrayList<>();
    for (Block block : file.blocks()) {
      Node.Text note = block.text("note");
      if (note == null || !note.value().contains("waives")) {
        continue;
      }
      for (String line : note.value().strip().split("\n")) {
        Waiver waiver = waiver(file, block, note, line.strip(), aboutWaivers);
        if (waiver == null) {
          continue;
        }
        boolean needed =
            found.removeIf(
                finding ->
                    finding.rule().equals(waiver.rule())
                        && block.covers(new Place(finding.line(), finding.column())));
        if (needed) {
          waivers.add(waiver);
        } else {
          aboutWaivers.add(note, line.strip(), "no waiver: nothing inside breaks " + waiver.rule());
        }
      }
    }
    return List.copyOf(waivers);
  }

  private static @Nullable Waiver waiver(
      RouteFile file, Block block, Node.Text note, String line, Findings aboutWaivers) {
    Matcher parts = NOTE.matcher(line);
    if (!parts.matches()) {
      aboutWaivers.add(note, line, "waives RULE: REASON");
      return null;
    }
    String rule = parts.group(1);
    boolean operator = aboutWaivers.trust() == Trust.OPERATOR;
    if (!rules().contains(rule)) {
      aboutWaivers.add(note, "waives " + rule, "the name of a rule", rule, rules());
      return null;
    }
    if (NEVER_WAIVED.contains(rule) || (operator && !WAIVABLE_BY_OPERATORS.contains(rule))) {
      aboutWaivers.add(
          note,
          "waives " + rule,
          "only " + String.join(", ", WAIVABLE_BY_OPERATORS) + " is waived");
      return null;
    }
    if (parts.group(2).strip().length() < SHORTEST_REASON) {
      aboutWaivers.add(note, line, "a reason that somebody can judge");
      return null;
    }
    Node.Text route = block.top().text("id");
    return new Waiver(
        file.name(),
        note.from().line(),
        route == null ? "" : route.value(),
        rule,
        parts.group(2).strip());
  }
}
