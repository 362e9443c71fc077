package dev.reprise.bench.ray;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of a comparison does not outlive it, however it ends. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // Ray may have to be installed first
class RayHereTest {
  @TempDir Path folder;

  @Test
  void start_isInterrupted_nothingOfItIsLeft() throws Exception {
    FutureTask<RayHere> starting = new FutureTask<>(() -> RayHere.start(folder));
    Thread starter = new Thread(starting);
    starter.start();
    List<ProcessHandle> cluster = awaitHead(ProcessHandle.current());

    starter.interrupt();

    assertThatThrownBy(starting::get).hasRootCauseInstanceOf(InterruptedException.class);
    assertThat(cluster).noneMatch(ProcessHandle::isAlive);
  }

  @Test
  void start_processIsKilledMeanwhile_nothingOfItIsLeftAndNothingIsSaid() throws Exception {
    Process child = child();
    List<ProcessHandle> cluster = awaitHead(child.toHandle());

    child.destroy();

    assertThat(child.waitFor()).isEqualTo(143);
    assertThat(cluster).noneMatch(ProcessHandle::isAlive);
    assertThat(folder.resolve("err")).isEmptyFile();
  }

  /** As with Ctrl-C, which ends the drivers too: what asked them fails, and closes. */
  @Test
  void close_processIsEnding_doesNotReturnAndNothingIsLeft() throws Exception {
    Process child = child();
    List<ProcessHandle> cluster =
        Stream.of(child.inputReader().readLine().split(" ", -1))
            .map(number -> ProcessHandle.of(Long.parseLong(number)).orElseThrow())
            .toList();
    assertThat(cluster).hasSizeGreaterThan(2).allMatch(ProcessHandle::isAlive);

    child.getOutputStream().close();

    assertThat(child.waitFor()).isEqualTo(Child.EXIT);
    assertThat(cluster).noneMatch(ProcessHandle::isAlive);
    assertThat(folder.resolve("err")).isEmptyFile();
  }

  private Process child() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath =
        System.getProperty("java.class.path").replaceAll(File.pathSeparator + "+$", "");
    return new ProcessBuilder(java, "-cp", classPath, Child.class.getName(), folder.toString())
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  /** Waits until a cluster is being started; returns the processes that were begun for that. */
  private static List<ProcessHandle> awaitHead(ProcessHandle starter) throws Exception {
    for (int i = 0; i < 12_000; i++) {
      List<ProcessHandle> begun = starter.descendants().toList();
      if (begun.stream().anyMatch(each -> command(each).endsWith("/gcs_server"))) {
        return begun;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("no cluster is started");
  }

  private static String command(ProcessHandle process) {
    return process.info().command().orElse("");
  }

  /**
   * Starts a cluster, tells its processes, and ends once nothing can be read; closes while it ends.
   */
  static final class Child {
    static final int EXIT = 3;

    private Child() {}

    public static void main(String[] arguments) throws Exception {
      Path folder = Files.createDirectory(Path.of(arguments[0], "files"));
      RayHere cluster = RayHere.start(folder);
      System.out.println(
          cluster.processes().map(each -> "" + each.pid()).collect(Collectors.joining(" ")));
      System.in.read();
      new Thread(() -> System.exit(EXIT)).start();
      while (!isEnding()) {
        Thread.onSpinWait();
      }
      cluster.close();
      throw new AssertionError("goes on");
    }

    private static boolean isEnding() {
      try {
        Thread hook = new Thread();
        Runtime.getRuntime().addShutdownHook(hook);
        Runtime.getRuntime().removeShutdownHook(hook);
        return false;
      } catch (IllegalStateException e) {
        return true;
      }
    }
  }
}
