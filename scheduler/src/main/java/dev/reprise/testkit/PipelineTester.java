package dev.reprise.testkit;

import dev.reprise.api.Driver;
import dev.reprise.api.Pipeline;
import dev.reprise.run.RunOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs pipelines in a test, on this machine, with an empty home for each test.
 *
 * <pre>{@code
 * @RegisterExtension final PipelineTester reprise = new PipelineTester();
 *
 * @Test void secondRun_nothingChanged_executesNothing() {
 *   Pipeline pipeline = Pipeline.define("delays", Delays::define);
 *   assertEquals(5, reprise.run(pipeline).executions());
 *   assertEquals(0, reprise.run(pipeline).executions());
 * }
 * }</pre>
 */
public final class PipelineTester implements BeforeEachCallback, AfterEachCallback {
  private @Nullable Path home;
  private @Nullable Driver driver;

  /** Makes a tester; register it as a field. */
  public PipelineTester() {}

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    home = Files.createTempDirectory("reprise-test");
    driver = Driver.open(home);
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    if (driver != null) {
      driver.close();
      driver = null;
    }
    if (home != null) {
      delete(home);
      home = null;
    }
  }

  /** Runs a pipeline to its end, whatever it is. */
  public TestedRun run(Pipeline pipeline) {
    return run(pipeline, RunOptions.DEFAULT);
  }

  /** Runs a pipeline to its end, whatever it is. */
  public TestedRun run(Pipeline pipeline, RunOptions options) {
    return TestedRun.of(driver().submit(pipeline, options));
  }

  /** The driver of this test. */
  public Driver driver() {
    Driver open = driver;
    if (open == null) {
      throw new IllegalStateException(
          "there is no driver outside of a test; register the tester with @RegisterExtension");
    }
    return open;
  }

  /** The home of this test's driver. */
  public Path home() {
    Path folder = home;
    if (folder == null) {
      throw new IllegalStateException("there is no home outside of a test");
    }
    return folder;
  }

  /** Closes the driver and opens another at the same home, as the next process would. */
  public void reopen() throws Exception {
    driver().close();
    driver = Driver.open(home());
  }

  private static void delete(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }
}
