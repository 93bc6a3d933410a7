package io.drover.runtime;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.camel.component.file.FileComponent;
import org.apache.camel.component.file.GenericFileEndpoint;

/**
 * camel-file for folders under {@code drover.files.directory} alone. How files are taken is the
 * same for every route, whatever it says.
 */
final class FolderComponent extends FileComponent {
  /** A folder is looked at as one: what is beyond comes with the next look. */
  private static final int AT_ONCE = 100;

  private static final long DELAY = 500; // milliseconds

  private final FilesProperties settings;
  private final BooleanSupplier stopping;

  /**
   * @param stopping whether nothing can be started any more
   */
  FolderComponent(FilesProperties settings, BooleanSupplier stopping) {
    this.settings = settings;
    this.stopping = stopping;
  }

  @Override
  protected GenericFileEndpoint<File> buildFileEndpoint(
      String uri, String remaining, Map<String, Object> parameters) throws Exception {
    Path root = settings.directory().toAbsolutePath().normalize();
    Path folder = Path.of(remaining).toAbsolutePath().normalize();
    if (!folder.startsWith(root)) {
      throw new IllegalArgumentException(
          "file:" + remaining + " (expected: a folder in " + root + ")");
    }
    GenericFileEndpoint<File> endpoint = super.buildFileEndpoint(uri, remaining, parameters);
    endpoint.setCharset(StandardCharsets.UTF_8.name());
    endpoint.setMaxMessagesPerPoll(AT_ONCE);
    endpoint.setDelay(DELAY);
    return endpoint;
  }

  @Override
  protected void afterPropertiesSet(GenericFileEndpoint<File> endpoint) {
    bounded("delay", endpoint.getDelay(), 100, 60_000);
    bounded("maxMessagesPerPoll", endpoint.getMaxMessagesPerPoll(), 1, 1_000);
    FileTaking taking =
        new FileTaking(settings.directory(), settings.settle(), endpoint.getCharset(), stopping);
    endpoint.setFilter(taking);
    endpoint.setProcessStrategy(taking);
    endpoint.setRecursive(false);
    endpoint.setPreSort(true);
  }

  private static void bounded(String option, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          option + ": " + value + " (expected: " + least + ".." + most + ")");
    }
  }
}
