package io.drover.runtime;

import io.drover.catalog.LiveRoutes;
import io.drover.catalog.Report;
import io.drover.execution.RouteFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder that operators drop route files into, and what became of each. */
final class RouteFolder implements LiveRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(RouteFolder.class);

  private final Path directory;
  private final FolderScan scan;
  private final RouteFolderProperties properties;
  private final RouteFiles files;
  private volatile @Nullable OperatorRoutes routes;
  private Runnable changed = () -> {};
  private volatile boolean behind;

  RouteFolder(RouteFolderProperties properties, RouteFiles files) {
    this.properties = properties;
    this.directory = properties.directory().toAbsolutePath().normalize();
    this.files = files;
    this.scan = new FolderScan(directory, properties.settle(), System::nanoTime);
  }

  /**
   * Loads what is there.
   *
   * @param changed told after each time that files were loaded or ended
   */
  void begin(OperatorRoutes operatorRoutes, Runnable changed) {
    routes = operatorRoutes;
    this.changed = changed;
    scan.first(properties.settle());
    try {
      operatorRoutes.begin(scan.texts());
      changed.run();
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  /** Looks for changes; never throws, or nobody would look again. */
  void look() {
    OperatorRoutes now = routes;
    try {
      if (now != null && (scan.look() || behind)) {
        now.apply(scan.texts());
        changed.run();
        behind = false;
      }
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  /** Whatever it was, it must not keep Drover from running what it has: it is tried again. */
  private void failed(RuntimeException e) {
    if (!behind) {
      LOG.error("The folder of route files {} cannot be taken over", directory, e);
    }
    behind = true;
  }

  @Nullable OperatorRoutes routes() {
    return routes;
  }

  @Override
  public List<State> all() {
    OperatorRoutes now = routes;
    return now == null ? List.of() : now.all();
  }

  @Override
  public Optional<State> find(String name) {
    OperatorRoutes now = routes;
    return now == null ? Optional.empty() : now.find(name);
  }

  @Override
  public List<Version> history(String name) {
    String live = find(name).map(State::version).orElse(null);
    return files.history(name).stream()
        .map(
            stored ->
                new Version(stored.version(), stored.loadedAt(), stored.version().equals(live)))
        .toList();
  }

  @Override
  public Optional<String> text(String name, String version) {
    return files.find(name, version).map(RouteFiles.Stored::text);
  }

  @Override
  public void goBack(String name, String version) {
    RouteFiles.Stored stored =
        files
            .find(name, version)
            .orElseThrow(
                () ->
                    new NoSuchElementException(
                        "version: " + version + " (expected: one that " + name + " had)"));
    try {
      for (var schema : stored.schemas().entrySet()) {
        write(schema.getKey() + ".schema.json", schema.getValue());
      }
      write(name, stored.text());
    } catch (IOException e) {
      throw new IllegalStateException(
          "The folder of route files cannot be written; put the text of version "
              + version
              + " where it comes from",
          e);
    }
  }

  @Override
  public Report check(String name, byte[] text) {
    OperatorRoutes now = routes;
    if (now == null) {
      throw new IllegalStateException("Drover has not begun yet");
    }
    return now.check(name, text, scan.texts());
  }

  /** As a whole: nobody sees half of it. */
  private void write(String name, String text) throws IOException {
    Path file = directory.resolve(name).normalize();
    if (!directory.equals(file.getParent())) {
      throw new NoSuchElementException("name: " + name + " (expected: a file of the folder)");
    }
    Files.createDirectories(directory);
    Path written = Files.createTempFile(directory, ".drover-", ".part");
    try {
      Files.writeString(written, text, StandardCharsets.UTF_8);
      Files.move(
          written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(written);
    }
  }
}
