package io.drover.runtime;

import io.drover.catalog.Catalog;
import io.drover.execution.RouteVersions;
import io.drover.inputs.InputSchema;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.component.kamelet.KameletEndpoint;
import org.apache.camel.model.Model;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ModelLifecycleStrategySupport;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * Loads route files. A runbook's route gets the hash of its file's text into its id and its nodes'
 * prefix, so that several versions may be up at once and an execution ends on the one it began
 * with. So do the sub-routes beside it: they are the file's own.
 */
final class RouteLoader {
  private static final Logger LOG = LoggerFactory.getLogger(RouteLoader.class);

  /** How long a version without executions stays: a start may just be choosing it. */
  static final Duration LINGER = Duration.ofSeconds(30);

  private final CamelContext context;
  private final LoadedRunbooks runbooks;
  private final RouteVersions versions;
  private final RouteTexts texts;
  private final Catalog catalog = new Catalog();
  private final Map<String, Version> loaded = new LinkedHashMap<>();
  private final Set<String> kameletRoutes = new HashSet<>();
  private final Set<Endpoint> endpoints = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean unswept;
  private final PathMatchingResourcePatternResolver resources =
      new PathMatchingResourcePatternResolver();
  private @Nullable Loading loading;

  RouteLoader(CamelContext context, LoadedRunbooks runbooks, RouteVersions versions) {
    this.context = context;
    this.runbooks = runbooks;
    this.versions = versions;
    this.texts = new RouteTexts(context); // before the next: what is renamed has its id
    context
        .getCamelContextExtension()
        .getContextPlugin(Model.class)
        .addModelLifecycleStrategy(
            new ModelLifecycleStrategySupport() {
              @Override
              public void onAddRouteDefinition(RouteDefinition route) {
                rename(route);
              }
            });
  }

  /** Loads every file that a pattern names, in the order of their names. */
  List<RouteFile> loadAll(String pattern) throws Exception {
    List<RouteFile> files = new ArrayList<>();
    Resource[] found = resources.getResources(pattern.replace("classpath:", "classpath*:"));
    Arrays.sort(found, Comparator.comparing(resource -> String.valueOf(resource.getFilename())));
    for (Resource resource : found) {
      RouteFile file = read(resource);
      load(file, true);
      LOG.debug("Loaded {} as version {}", file.name(), file.hash());
      files.add(file);
    }
    return files;
  }

  /**
   * Loads one file's text, whole or not at all; its runbooks are what new executions take when
   * {@code publish} is set. Of a version that is up already only what starts runbooks is loaded
   * again.
   */
  synchronized Loaded load(RouteFile file, boolean publish) throws Exception {
    Loading now = new Loading(file, publish, declaredDirects(file));
    loading = now;
    Set<Endpoint> before = Collections.newSetFromMap(new IdentityHashMap<>());
    before.addAll(context.getEndpoints());
    try {
      texts.add(file.name(), file.text());
    } catch (Exception e) {
      now.added.forEach(this::removeQuietly);
      throw e;
    } finally {
      loading = null;
      context.getEndpoints().stream().filter(one -> !before.contains(one)).forEach(endpoints::add);
    }
    for (RouteDefinition unwanted : now.unwanted) {
      remove(unwanted);
    }
    Version version =
        loaded.computeIfAbsent(file.hash(), hash -> new Version(file.name(), hash, clock()));
    now.kept.forEach(route -> version.routes.add(route.getRouteId()));
    for (Loading.Found found : now.found) {
      version.runbooks.add(found.name());
      if (publish) {
        String schema = file.schema(found.name());
        versions.remember(found.name(), file.hash(), file.name(), file.text(), schema);
        runbooks.publish(
            new LoadedRunbooks.Definition(
                found.name(),
                file.hash(),
                found.description(),
                schema,
                new InputSchema(schema),
                found.mutating(),
                found.internal()));
      }
    }
    return new Loaded(
        now.found.stream().map(Loading.Found::name).toList(), List.copyOf(now.triggers));
  }

  /** Stops what starts runbooks; the runbooks' routes stay for their executions. */
  synchronized void unload(List<String> triggers) {
    ModelCamelContext model = (ModelCamelContext) context;
    unswept = true;
    for (String id : triggers) {
      RouteDefinition route = model.getRouteDefinition(id);
      if (route != null) {
        removeQuietly(route);
      }
    }
  }

  /**
   * Loads the older versions that open executions began on: each ends on its own. One whose text no
   * longer loads is left out with a warning; its executions are parked after three tries.
   */
  synchronized void loadOlder() {
    for (RouteVersions.RouteVersion older : versions.open()) {
      Version up = loaded.get(older.version());
      if (up != null && up.runbooks.contains(older.runbook())) {
        continue;
      }
      try {
        load(
            new RouteFile(
                older.fileName(), older.text(), older.version(), runbook -> older.schema()),
            false);
        LOG.info(
            "Version {} of runbook {} is loaded too: executions on it are open",
            older.version(),
            older.runbook());
      } catch (Exception e) {
        LOG.warn("Version {} of {} cannot be loaded", older.version(), older.runbook(), e);
      }
    }
  }

  /** Removes versions that nobody starts and on which no execution is open. */
  void sweep() {
    sweep(LINGER);
  }

  /**
   * @param linger how long a version stays after it was wanted last
   */
  synchronized void sweep(Duration linger) {
    Set<String> open = null;
    for (Version version : List.copyOf(loaded.values())) {
      boolean newest =
          version.runbooks.isEmpty()
              || version.runbooks.stream()
                  .anyMatch(
                      name ->
                          runbooks
                              .newest(name)
                              .filter(definition -> definition.version().equals(version.hash))
                              .isPresent());
      if (newest) {
        version.wanted = clock();
        continue;
      }
      if (Duration.between(version.wanted, clock()).compareTo(linger) < 0) {
        continue;
      }
      if (open == null) {
        open =
            versions.open().stream()
                .map(RouteVersions.RouteVersion::version)
                .collect(Collectors.toSet());
      }
      if (open.contains(version.hash)) {
        version.wanted = clock();
        continue;
      }
      unload(List.copyOf(version.routes));
      loaded.remove(version.hash);
      LOG.info("Version {} of {} is gone: nothing runs on it", version.hash, version.fileName);
    }
    sweepEndpoints();
  }

  /**
   * Camel keeps the endpoints that a route called, and the routes it made for Kamelets, when the
   * route goes. Here goes what files brought and no route calls any more.
   */
  private void sweepEndpoints() {
    boolean gone = !endpoints.isEmpty() && unswept;
    unswept = false;
    while (gone) {
      Set<Endpoint> called = called();
      List<Endpoint> idle = endpoints.stream().filter(one -> !called.contains(one)).toList();
      gone = false;
      for (Endpoint endpoint : idle) {
        endpoints.remove(endpoint);
        if (endpoint instanceof KameletEndpoint kamelet
            && kameletRoutes.remove(kamelet.getRouteId())) {
          unload(List.of(kamelet.getRouteId()));
          gone = true;
        }
        removeQuietly(endpoint);
      }
    }
  }

  private Set<Endpoint> called() {
    Set<Endpoint> called = Collections.newSetFromMap(new IdentityHashMap<>());
    for (RouteDefinition route : ((ModelCamelContext) context).getRouteDefinitions()) {
      addCalled(route.getInput().getEndpointUri(), called);
      ProcessorDefinitionHelper.filterTypeInOutputs(
              (List<ProcessorDefinition<?>>) route.getOutputs(), ToDefinition.class)
          .forEach(to -> addCalled(to.getEndpointUri(), called));
    }
    return called;
  }

  private void addCalled(@Nullable String uri, Set<Endpoint> called) {
    Endpoint endpoint = uri == null ? null : context.hasEndpoint(uri);
    if (endpoint != null) {
      called.add(endpoint);
    }
  }

  private void removeQuietly(Endpoint endpoint) {
    try {
      context.removeEndpoint(endpoint);
    } catch (Exception e) {
      LOG.warn("An endpoint cannot be removed: {}", Failures.message(e));
    }
  }

  private static Instant clock() {
    return Instant.now();
  }

  private void removeQuietly(RouteDefinition route) {
    try {
      remove(route);
    } catch (Exception e) {
      LOG.warn("Route {} cannot be removed: {}", route.getRouteId(), Failures.message(e));
    }
  }

  private void remove(RouteDefinition route) throws Exception {
    ((ModelCamelContext) context).removeRouteDefinition(route);
  }

  private void rename(RouteDefinition route) {
    Loading now = loading;
    String uri = route.getInput() == null ? null : route.getInput().getEndpointUri();
    if (now == null || uri == null) {
      return;
    }
    if (uri.startsWith("kamelet:")) {
      // Made by Camel for the first route that calls a Kamelet with these parameters; shared.
      kameletRoutes.add(route.getRouteId());
      return;
    }
    now.added.add(route);
    ownTheDirects(route, now);
    if (uri.startsWith("runbook:")) {
      runbook(route, uri, now);
    } else if (uri.startsWith("direct:") && now.directs.contains(name(uri))) {
      route.getInput().setUri(uri + "--" + now.file.hash());
      version(route, now);
    } else if (!now.publish) {
      // An older file's timers and triggers must not start anything any more.
      route.setId(route.getRouteId() + "@" + now.file.hash());
      route.setNodePrefixId(route.getRouteId() + "/");
      unwanted(route, now);
    } else {
      now.triggers.add(route.getRouteId());
    }
  }

  private void runbook(RouteDefinition route, String uri, Loading now) {
    String name = name(uri);
    String options = uri.contains("?") ? "&" + uri.substring(uri.indexOf('?') + 1) : "";
    route.getInput().setUri("runbook:" + name + "?version=" + now.file.hash() + options);
    version(route, now);
    String description = route.getDescriptionText();
    boolean mutating = !options.contains("&mutating=false");
    boolean internal = options.contains("&internal=true");
    now.found.add(
        new Loading.Found(name, description == null ? "" : description, mutating, internal));
  }

  /** A route of an id that is there takes its place, and with it whatever runs in it. */
  private void version(RouteDefinition route, Loading now) {
    String id = route.getRouteId() + "@" + now.file.hash();
    Version up = loaded.get(now.file.hash());
    if (up != null && up.routes.contains(id)) {
      id += "~again";
      unwanted(route, now);
    } else {
      now.kept.add(route);
    }
    route.setId(id);
    route.setNodePrefixId(id + "/");
  }

  private static void unwanted(RouteDefinition route, Loading now) {
    route.setAutoStartup("false");
    now.unwanted.add(route);
  }

  private static void ownTheDirects(RouteDefinition route, Loading now) {
    for (ToDefinition to :
        ProcessorDefinitionHelper.filterTypeInOutputs(
            (List<ProcessorDefinition<?>>) route.getOutputs(), ToDefinition.class)) {
      String uri = to.getUri();
      if (uri != null && uri.startsWith("direct:") && now.directs.contains(name(uri))) {
        to.setUri(uri + "--" + now.file.hash());
      }
    }
  }

  private static String name(String uri) {
    return uri.substring(uri.indexOf(':') + 1).replaceFirst("\\?.*", "");
  }

  /** The sub-routes of a file with runbooks; those of doors are everybody's. */
  private Set<String> declaredDirects(RouteFile file) {
    if (!file.text().contains("direct:")) {
      return Set.of();
    }
    io.drover.catalog.Declared declared =
        catalog.declared(file.name(), file.text().getBytes(StandardCharsets.UTF_8));
    return declared.runbooks().isEmpty() ? Set.of() : declared.directs();
  }

  private RouteFile read(Resource resource) throws IOException {
    String name = String.valueOf(resource.getFilename());
    String text;
    try (InputStream in = resource.getInputStream()) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    return new RouteFile(
        name,
        text,
        hash(text),
        runbook -> {
          try {
            Resource schema = resource.createRelative(runbook + ".schema.json");
            return schema.exists()
                ? schema.getContentAsString(StandardCharsets.UTF_8)
                : NO_INPUTS_KNOWN;
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(
                "The schema of runbook " + runbook + " cannot be read", e);
          }
        });
  }

  /** What a runbook without a schema takes: any object. */
  static final String NO_INPUTS_KNOWN = "{\"type\":\"object\"}";

  static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  /**
   * A route file's text.
   *
   * @param hash the version: the first 12 hex digits of the text's SHA-256
   * @param schemas finds the input schema of a runbook in it
   */
  record RouteFile(String name, String text, String hash, Schemas schemas) {
    String schema(String runbook) {
      return schemas.of(runbook);
    }
  }

  /** Finds the input schema of a runbook. */
  interface Schemas {
    String of(String runbook);
  }

  /**
   * What a file brought.
   *
   * @param triggers ids of the routes that start runbooks
   */
  record Loaded(List<String> runbooks, List<String> triggers) {}

  /** The routes of one version of a file that executions may be on. */
  private static final class Version {
    final String fileName;
    final String hash;
    final Set<String> runbooks = new HashSet<>();
    final Set<String> routes = new HashSet<>();
    Instant wanted;

    Version(String fileName, String hash, Instant wanted) {
      this.fileName = fileName;
      this.hash = hash;
      this.wanted = wanted;
    }
  }

  private static final class Loading {
    final RouteFile file;
    final boolean publish;
    final Set<String> directs;
    final List<Found> found = new ArrayList<>();
    final List<RouteDefinition> added = new ArrayList<>();
    final List<RouteDefinition> kept = new ArrayList<>();
    final List<RouteDefinition> unwanted = new ArrayList<>();
    final List<String> triggers = new ArrayList<>();

    Loading(RouteFile file, boolean publish, Set<String> directs) {
      this.file = file;
      this.publish = publish;
      this.directs = directs;
    }

    record Found(String name, String description, boolean mutating, boolean internal) {}
  }
}
