package acme;

import static dev.reprise.task.Tasks.local;
import static dev.reprise.task.Tasks.task;

import dev.reprise.api.Pipeline;
import dev.reprise.task.NamedCache;
import java.io.IOException;

/** Definitions of a user's, who has packages of his own, each with a mistake. */
public final class BrokenPipelines {
  private BrokenPipelines() {}

  static int one() {
    return 1;
  }

  static String priceOf(String symbol) {
    return symbol;
  }

  public static void throwing(Pipeline.Builder p) {
    throw new IllegalStateException("no such table");
  }

  public static void throwingInside(Pipeline.Builder p) {
    p.nested(
        "inner",
        inner -> {
          throwing(inner);
          return true;
        });
  }

  public static void throwingForACause(Pipeline.Builder p) {
    try {
      readSettings();
    } catch (IOException e) {
      throw new IllegalStateException("cannot load config", e);
    }
  }

  private static void readSettings() throws IOException {
    throw new IOException("/etc/conf: permission denied\u001b[2J");
  }

  public static void throwingInACircle(Pipeline.Builder p) {
    RuntimeException one = new IllegalStateException("one");
    one.initCause(new IllegalStateException("two", one));
    throw one;
  }

  private static final class Registry {
    static final int SIZE = size();

    private Registry() {}

    private static int size() {
      throw new IllegalStateException("no registry");
    }
  }

  public static void needingARegistry(Pipeline.Builder p) {
    p.param("size", Registry.SIZE);
  }

  public static void refused(Pipeline.Builder p) {
    p.step("a", task(BrokenPipelines::one).keepFailures(null, IOException.class));
  }

  public static void badVersion(Pipeline.Builder p) {
    p.step("a", task(BrokenPipelines::one).versionedBy(step -> "not a version!"));
  }

  public static void noVersion(Pipeline.Builder p) {
    p.step("a", task(BrokenPipelines::one).versionedBy(step -> release()));
  }

  private static String release() {
    throw new IllegalStateException("no release");
  }

  public static void badKey(Pipeline.Builder p) {
    p.step(
        "a",
        local(BrokenPipelines::priceOf).keptIn(new NamedCache("prices"), "price-{symbol}"),
        p.value("a%b"));
  }
}
