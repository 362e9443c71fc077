package dev.reprise.cache.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A disk that can be filled: a file system in memory, mounted where the processes of one test alone
 * see it. That takes Linux and the right to make user namespaces; with {@code CI=true} a machine
 * without them fails the test, elsewhere it is skipped with the reason.
 */
public final class SmallDisk {
  private SmallDisk() {}

  /** Runs {@code main} in a JVM of its own, with an empty disk of {@code mib} MiB at {@code at}. */
  public static ChildJvm.Outcome run(Path at, int mib, Class<?> main, String... args)
      throws IOException, InterruptedException {
    requireMounts(at);
    String script = "mount -t tmpfs -o size=" + mib + "m tmpfs \"$0\" && exec \"$@\"";
    List<String> starter = List.of("unshare", "-rm", "sh", "-c", script, at.toString());
    return ChildJvm.runUnder(starter, List.of(), main, args);
  }

  private static void requireMounts(Path at) throws InterruptedException {
    List<String> mount = List.of("unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", at.toString());
    String why;
    try {
      Process tried = new ProcessBuilder(mount).redirectErrorStream(true).start();
      why = new String(tried.getInputStream().readAllBytes(), UTF_8).strip();
      if (tried.waitFor() == 0) {
        return;
      }
    } catch (IOException e) {
      why = e.getMessage();
    }
    String reason = "no file system can be mounted here for a test: " + why;
    if (Boolean.parseBoolean(System.getenv("CI"))) {
      fail(reason + "; allow user namespaces, or unset CI");
    }
    abort(reason);
  }
}
