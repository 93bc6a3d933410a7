package io.drover.runtime;

import io.drover.catalog.Catalog;
import io.drover.catalog.Declared;
import io.drover.catalog.Finding;
import io.drover.catalog.Known;
import io.drover.catalog.LiveRoutes;
import io.drover.catalog.Report;
import io.drover.catalog.Runbook;
import io.drover.catalog.Trust;
import io.drover.catalog.Waiver;
import io.drover.execution.LedgerClock;
import io.drover.execution.RouteFiles;
import io.drover.inputs.InputSchema;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operators' route files that are live. A folder's texts are judged together, since they may
 * start each other's runbooks and must not take each other's names; a refused one leaves the text
 * before it live.
 */
final class OperatorRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(OperatorRoutes.class);
  static final String ENDING = ".camel.yaml";

  private final RouteLoader loader;
  private final DryLoads dryLoads;
  private final LoadedRunbooks runbooks;
  private final RouteFiles files;
  private final LedgerClock clock;
  private final Catalog catalog = new Catalog();
  private final Map<String, Live> live = new TreeMap<>();
  private final Map<String, List<Finding>> refused = new TreeMap<>();
  private @Nullable Known packaged;

  OperatorRoutes(
      RouteLoader loader,
      DryLoads dryLoads,
      LoadedRunbooks runbooks,
      RouteFiles files,
      LedgerClock clock) {
    this.loader = loader;
    this.dryLoads = dryLoads;
    this.runbooks = runbooks;
    this.files = files;
    this.clock = clock;
  }

  /** Opens a Camel to try files in. */
  interface DryLoads {
    DryLoad open() throws Exception;
  }

  /**
   * The folder when this process begins: of a file that is refused the last good text is loaded.
   */
  synchronized void begin(Map<String, byte[]> folder) {
    apply(folder);
    Map<String, Text> before = new TreeMap<>();
    for (String name : refused.keySet()) {
      files.history(name).stream().findFirst().ifPresent(last -> before.put(name, text(last)));
    }
    if (before.isEmpty()) {
      return;
    }
    Map<String, List<Finding>> why = new HashMap<>(refused);
    load(before);
    refused.clear();
    refused.putAll(why);
    for (String name : before.keySet()) {
      if (live.containsKey(name)) {
        LOG.warn("Route file {} is refused; its last good version is live", name);
      }
    }
  }

  /**
   * Makes the folder's texts live, each whole or not at all, and ends those whose files are gone.
   */
  synchronized void apply(Map<String, byte[]> folder) {
    Map<String, Text> texts = new TreeMap<>();
    folder.forEach(
        (name, text) -> {
          if (name.endsWith(ENDING)) {
            texts.put(name, text(name, text, folder));
          }
        });
    for (String name : List.copyOf(live.keySet())) {
      if (!texts.containsKey(name)) {
        end(name);
      }
    }
    refused.keySet().retainAll(texts.keySet());
    texts
        .entrySet()
        .removeIf(
            entry -> {
              Live now = live.get(entry.getKey());
              boolean same = now != null && now.text.version.equals(entry.getValue().version);
              if (same) {
                refused.remove(entry.getKey());
              }
              return same;
            });
    load(texts);
  }

  synchronized List<LiveRoutes.State> all() {
    Set<String> names = new TreeSet<>(live.keySet());
    names.addAll(refused.keySet());
    return names.stream().map(this::state).toList();
  }

  synchronized Optional<LiveRoutes.State> find(String name) {
    return live.containsKey(name) || refused.containsKey(name)
        ? Optional.of(state(name))
        : Optional.empty();
  }

  /** What would be said of a text under that name beside those that are live. */
  synchronized Report check(String name, byte[] text, Map<String, byte[]> folder) {
    Text candidate = text(name, text, folder);
    List<Declared> others =
        live.values().stream()
            .filter(file -> !file.text.name.equals(name))
            .map(file -> file.text.declared)
            .toList();
    Report report = examine(candidate, others, List.of());
    if (!report.accepted()) {
      return report;
    }
    Map<String, Finding> failed = dryLoad(List.of(candidate));
    return new Report(List.copyOf(failed.values()), report.waivers(), report.declared());
  }

  private LiveRoutes.State state(String name) {
    Live now = live.get(name);
    List<Finding> why = refused.getOrDefault(name, List.of());
    return now == null
        ? new LiveRoutes.State(name, null, null, why, List.of(), List.of(), List.of())
        : new LiveRoutes.State(
            name,
            now.text.version,
            now.since,
            why,
            now.waivers,
            now.text.declared.runbooks().stream().map(Runbook::name).toList(),
            now.triggers);
  }

  /** Judges texts that are not live, and loads those that pass. */
  private void load(Map<String, Text> texts) {
    Map<String, Report> reports = new LinkedHashMap<>();
    List<Text> accepted = accepted(texts, reports);
    for (Text text : texts.values()) {
      Report report = reports.get(text.name);
      if (report != null && !accepted.contains(text)) {
        refuse(text.name, report.findings());
      }
    }
    // First all that start runbooks go, so that a route may move from one file into another.
    for (Text text : accepted) {
      Live before = live.get(text.name);
      if (before != null) {
        loader.unload(before.triggers);
      }
    }
    for (Text text : accepted) {
      Report report = reports.get(text.name);
      replace(text, report == null ? List.of() : report.waivers());
    }
  }

  private void replace(Text text, List<Waiver> waivers) {
    Live before = live.get(text.name);
    RouteLoader.Loaded loaded;
    try {
      loaded = loader.load(text.file(), true);
    } catch (Exception e) {
      refuse(text.name, List.of(LoadFailure.of(text.name, text.text, e)));
      if (before != null) {
        restore(before);
      }
      return;
    }
    live.put(text.name, new Live(text, clock.now(), waivers, loaded.triggers()));
    refused.remove(text.name);
    if (before != null) {
      withdraw(before, text.declared);
    }
    files.loaded(text.name, text.version, text.text, text.schemas);
    LOG.info(
        "Route file {} is live as version {}: runbooks {}, triggers {}",
        text.name,
        text.version,
        loaded.runbooks(),
        loaded.triggers());
  }

  private void restore(Live before) {
    try {
      loader.load(before.text.file(), true);
    } catch (Exception e) {
      LOG.error("Route file {}: its version before cannot be loaded again", before.text.name, e);
      live.remove(before.text.name);
      withdraw(before, Declared.NOTHING);
    }
  }

  private void end(String name) {
    Live gone = live.remove(name);
    if (gone != null) {
      loader.unload(gone.triggers);
      withdraw(gone, Declared.NOTHING);
      LOG.info("Route file {} is gone: nothing starts its runbooks any more", name);
    }
  }

  private void withdraw(Live gone, Declared now) {
    for (Runbook runbook : gone.text.declared.runbooks()) {
      if (now.runbooks().stream().noneMatch(same -> same.name().equals(runbook.name()))) {
        runbooks.withdraw(runbook.name(), gone.text.version);
      }
    }
  }

  private void refuse(String name, List<Finding> findings) {
    List<Finding> before = refused.put(name, List.copyOf(findings));
    if (findings.equals(before)) {
      return;
    }
    for (Finding finding : findings) {
      LOG.warn("Route file refused: {}", finding);
    }
    Live now = live.get(name);
    if (now != null) {
      LOG.warn("Route file {}: version {} stays live", name, now.text.version);
    }
  }

  /** Those that pass all rules and load, given that the others are there. */
  private List<Text> accepted(Map<String, Text> texts, Map<String, Report> reports) {
    Map<String, Finding> unloadable = new HashMap<>();
    while (true) {
      List<Text> accepted = passing(texts, unloadable, reports);
      Map<String, Finding> failed = accepted.isEmpty() ? Map.of() : dryLoad(accepted);
      if (failed.isEmpty()) {
        return accepted;
      }
      unloadable.putAll(failed);
    }
  }

  private List<Text> passing(
      Map<String, Text> texts, Map<String, Finding> unloadable, Map<String, Report> reports) {
    List<Text> in = new ArrayList<>();
    for (boolean replacing : new boolean[] {true, false}) {
      for (Text text : texts.values()) {
        if (live.containsKey(text.name) == replacing) {
          Finding failed = unloadable.get(text.name);
          if (failed == null) {
            in.add(text);
          } else {
            reports.put(text.name, new Report(List.of(failed), List.of(), text.declared));
          }
        }
      }
    }
    List<Text> out = new ArrayList<>();
    // Who leaves may have been needed by who stays.
    while (true) {
      List<Text> left = new ArrayList<>();
      for (int i = 0; i < in.size(); i++) {
        Report report =
            examine(in.get(i), before(in.get(i), texts, in, in.subList(0, i)), declared(in, i));
        reports.put(in.get(i).name, report);
        if (!report.accepted()) {
          left.add(in.get(i));
        }
      }
      if (left.isEmpty()) {
        break;
      }
      in.removeAll(left);
      out.addAll(left);
    }
    // And who left may have been in the way of another who did.
    for (Text text : out) {
      Report report = examine(text, before(text, texts, in, in), List.of());
      reports.put(text.name, report);
      if (report.accepted()) {
        in.add(text);
      }
    }
    return in;
  }

  private Report examine(Text text, List<Declared> before, List<Declared> after) {
    Report report =
        catalog.examine(text.name, text.bytes, Trust.OPERATOR, packaged().beside(before, after));
    List<Finding> inputs = text.inSchemas();
    if (inputs.isEmpty()) {
      return report;
    }
    List<Finding> all = new ArrayList<>(report.findings());
    all.addAll(inputs);
    return new Report(all, report.waivers(), report.declared());
  }

  /** What has its names: the files that stay as they are, and those that come before. */
  private List<Declared> before(
      Text judged, Map<String, Text> texts, List<Text> in, List<Text> earlier) {
    List<Declared> before = new ArrayList<>();
    for (Live file : live.values()) {
      boolean replaced = in.stream().anyMatch(text -> text.name.equals(file.text.name));
      boolean candidate = texts.containsKey(file.text.name);
      // Its own text before is not in its way, though it is in that of others if this one fails.
      if (!file.text.name.equals(judged.name) && (!candidate || !replaced)) {
        before.add(file.text.declared);
      }
    }
    earlier.forEach(text -> before.add(text.declared));
    return before;
  }

  private static List<Declared> declared(List<Text> in, int at) {
    return in.subList(at + 1, in.size()).stream().map(text -> text.declared).toList();
  }

  private static List<Finding> schemaFindings(Text text) {
    List<Finding> findings = new ArrayList<>();
    text.schemas.forEach(
        (runbook, schema) -> {
          Finding finding = InputSchema.finding(runbook + InputSchema.ENDING, schema);
          if (finding != null) {
            findings.add(finding);
          }
        });
    return findings;
  }

  private Map<String, Finding> dryLoad(List<Text> texts) {
    Map<String, Finding> failed = new HashMap<>();
    try (DryLoad dry = dryLoads.open()) {
      for (Text text : texts) {
        try {
          dry.load(text.file());
        } catch (Exception | StackOverflowError e) {
          failed.put(text.name, LoadFailure.of(text.name, text.text, e));
        }
      }
    } catch (Exception e) {
      throw new IllegalStateException("Nothing can be tried out before it is loaded", e);
    }
    return failed;
  }

  private Known packaged() {
    if (packaged == null) {
      packaged = Known.packaged();
    }
    return packaged;
  }

  private Text text(String name, byte[] bytes, Map<String, byte[]> folder) {
    Declared declared = catalog.declared(name, bytes);
    Map<String, String> schemas = new TreeMap<>();
    for (Runbook runbook : declared.runbooks()) {
      byte[] schema = folder.get(runbook.name() + InputSchema.ENDING);
      if (schema != null) {
        schemas.put(runbook.name(), new String(schema, StandardCharsets.UTF_8));
      }
    }
    return new Text(name, bytes, new String(bytes, StandardCharsets.UTF_8), schemas, declared);
  }

  private Text text(RouteFiles.Stored stored) {
    byte[] bytes = stored.text().getBytes(StandardCharsets.UTF_8);
    return new Text(
        stored.name(),
        bytes,
        stored.text(),
        new TreeMap<>(stored.schemas()),
        catalog.declared(stored.name(), bytes));
  }

  /** A file's text with the schemas beside it, under the hash of both. */
  private static final class Text {
    final String name;
    final byte[] bytes;
    final String text;
    final Map<String, String> schemas;
    final Declared declared;
    final String version;
    private @Nullable List<Finding> inSchemas;

    Text(String name, byte[] bytes, String text, Map<String, String> schemas, Declared declared) {
      this.name = name;
      this.bytes = bytes;
      this.text = text;
      this.schemas = schemas;
      this.declared = declared;
      StringBuilder all = new StringBuilder(text);
      schemas.forEach((runbook, schema) -> all.append('\0').append(runbook).append(schema));
      this.version = RouteLoader.hash(all.toString());
    }

    /** The same however often the text is judged, whatever is beside it. */
    List<Finding> inSchemas() {
      if (inSchemas == null) {
        inSchemas = schemaFindings(this);
      }
      return inSchemas;
    }

    RouteLoader.RouteFile file() {
      return new RouteLoader.RouteFile(
          name,
          text,
          version,
          runbook -> schemas.getOrDefault(runbook, RouteLoader.NO_INPUTS_KNOWN));
    }
  }

  private record Live(Text text, Instant since, List<Waiver> waivers, List<String> triggers) {}
}
