package io.drover.runtime;

import io.drover.execution.RouteVersions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ModelLifecycleStrategySupport;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * Loads route files. A runbook's route gets the hash of its file's text into its id and its nodes'
 * prefix, so that several versions may be up at once and an execution ends on the one it began
 * with.
 */
final class RouteLoader {
  private static final Logger LOG = LoggerFactory.getLogger(RouteLoader.class);

  private final CamelContext context;
  private final LoadedRunbooks runbooks;
  private final RouteVersions versions;
  private final Set<String> loaded = new HashSet<>();
  private final PathMatchingResourcePatternResolver resources =
      new PathMatchingResourcePatternResolver();
  private @Nullable Loading loading;

  RouteLoader(CamelContext context, LoadedRunbooks runbooks, RouteVersions versions) {
    this.context = context;
    this.runbooks = runbooks;
    this.versions = versions;
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
   * Loads one file's text; its runbooks are what new executions take when {@code publish} is set.
   */
  synchronized void load(RouteFile file, boolean publish) throws Exception {
    Loading now = new Loading(file, publish);
    loading = now;
    try {
      // The name must end in .yaml, or Camel looks for another loader.
      PluginHelper.getRoutesLoader(context)
          .loadRoutes(ResourceHelper.fromString(file.name(), file.text()));
    } finally {
      loading = null;
    }
    ModelCamelContext model = (ModelCamelContext) context;
    for (RouteDefinition unwanted : now.unwanted) {
      model.removeRouteDefinition(unwanted);
    }
    for (Loading.Found found : now.found) {
      loaded.add(found.name() + "@" + file.hash());
      if (publish) {
        String schema = file.schema(found.name());
        versions.remember(found.name(), file.hash(), file.name(), file.text(), schema);
        runbooks.publish(
            new LoadedRunbooks.Definition(
                found.name(),
                file.hash(),
                found.description(),
                file.schema(found.name()),
                new InputSchema(file.schema(found.name())),
                found.mutating(),
                found.internal()));
      }
    }
  }

  /**
   * Loads the older versions that open executions began on: each ends on its own. One whose text no
   * longer loads is left out with a warning; its executions are parked after three tries.
   */
  void loadOlder() {
    for (RouteVersions.RouteVersion older : versions.open()) {
      if (loaded.contains(older.runbook() + "@" + older.version())) {
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

  private void rename(RouteDefinition route) {
    Loading now = loading;
    String uri = route.getInput() == null ? null : route.getInput().getEndpointUri();
    if (now == null || uri == null) {
      return;
    }
    if (!uri.startsWith("runbook:")) {
      if (!now.publish) {
        // An older file's timers and triggers must not start anything any more.
        route.setId(route.getRouteId() + "@" + now.file.hash());
        route.setAutoStartup("false");
        now.unwanted.add(route);
      }
      return;
    }
    String name = uri.substring("runbook:".length()).replaceFirst("\\?.*", "");
    String plain = route.getRouteId();
    String hash = now.file.hash();
    route.setId(plain + "@" + hash);
    route.setNodePrefixId(plain + "@" + hash + "/");
    String options = uri.contains("?") ? "&" + uri.substring(uri.indexOf('?') + 1) : "";
    route.getInput().setUri("runbook:" + name + "?version=" + hash + options);
    String description = route.getDescriptionText();
    boolean mutating = !options.contains("&mutating=false");
    boolean internal = options.contains("&internal=true");
    now.found.add(
        new Loading.Found(name, description == null ? "" : description, mutating, internal));
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
                : "{\"type\":\"object\"}";
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(
                "The schema of runbook " + runbook + " cannot be read", e);
          }
        });
  }

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

  private static final class Loading {
    final RouteFile file;
    final boolean publish;
    final List<Found> found = new ArrayList<>();
    final List<RouteDefinition> unwanted = new ArrayList<>();

    Loading(RouteFile file, boolean publish) {
      this.file = file;
      this.publish = publish;
    }

    record Found(String name, String description, boolean mutating, boolean internal) {}
  }
}
