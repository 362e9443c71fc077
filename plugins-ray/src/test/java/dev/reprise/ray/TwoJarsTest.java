package dev.reprise.ray;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.testing.Shows;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.executor.testing.Answers;
import dev.reprise.executor.testing.ClusterScript;
import dev.reprise.executor.testing.TestWork;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two jars with a class of one name and other code in it, used by pipelines of one driver on one
 * cluster that lives on: their workers are the same processes (FAULTS 61).
 */
class TwoJarsTest {
  private static final String TARIFF = "com.acme.Tariff";

  /** Its answer hangs on a constant, on a class that it uses, and on what the class remembers. */
  private static final String SOURCE =
      """
      public final class Tariff {
        private static int calls;

        static final class Rate {
          static int times() { return %1$s; }
        }

        static synchronized String price(int amount) {
          calls++;
          return "%2$s " + amount * Rate.times() + " " + ProcessHandle.current().pid() + " " + calls;
        }
      }
      """;

  @TempDir Path folder;

  private FileResultStore store;
  private TestWork work;
  private final Answers answers = new Answers(Duration.ofSeconds(40));
  private final List<AutoCloseable> opened = new ArrayList<>();

  /** A pipeline of the driver, with its own jar. */
  private record Pipeline(TaskExecutor executor, TaskCode code) {}

  /**
   * What a worker said.
   *
   * @param calls of the class in its process, by then
   */
  private record Said(String edition, int price, long worker, int calls) {
    static Said of(String text) {
      String[] words = text.split(" ", -1);
      return new Said(
          words[0],
          Integer.parseInt(words[1]),
          Long.parseLong(words[2]),
          Integer.parseInt(words[3]));
    }
  }

  @BeforeAll
  @Timeout(value = ClusterScript.START_MINUTES, unit = TimeUnit.MINUTES)
  static void startCluster() throws Exception {
    RayCluster.shared();
  }

  @BeforeEach
  void openStore() throws IOException {
    store = FileResultStore.openOrMake(folder.resolve("store"), FileResultStore.Settings.STANDARD);
    work = new TestWork("r1", store, List.of());
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
    assertThat(answers.violations()).isEmpty();
  }

  private Pipeline open(String jar, String edition, int times) throws Exception {
    Path made = UserJar.make(folder.resolve(jar), "Tariff", SOURCE.formatted(times, edition));
    URLClassLoader userCode = UserJar.loader(made);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(userCode);
    try {
      TaskExecutor executor =
          RayCluster.shared().open(new Setting("r1", store, store.folder(), 0, new TreeMap<>()));
      opened.add(executor);
      opened.add(userCode);
      return new Pipeline(executor, work.code(userCode.loadClass(TARIFF), "price"));
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Ray gives the next task to the worker that is free, whoever's it was. */
  @Test
  @Shows("Fault 61")
  void classOfOneName_inTurns_eachPipelineGetsWhatItsOwnJarComputes() throws Exception {
    Pipeline old = open("old.jar", "old", 2);
    Pipeline edited = open("new.jar", "new", 3);
    Set<Long> ofOld = new HashSet<>();
    Set<Long> ofEdited = new HashSet<>();
    for (int turn = 1; turn <= 20; turn++) {
      Said two = said(old, turn);
      Said three = said(edited, turn);
      assertThat(List.of(two.edition(), two.price())).containsExactly("old", 2 * turn);
      assertThat(List.of(three.edition(), three.price())).containsExactly("new", 3 * turn);
      ofOld.add(two.worker());
      ofEdited.add(three.worker());
    }

    ofOld.retainAll(ofEdited);
    assertThat(ofOld).as("workers that ran both, else this shows nothing").isNotEmpty();
  }

  @Test
  void classOfOneName_atOnce_eachPipelineGetsWhatItsOwnJarComputes() throws Exception {
    Pipeline old = open("old.jar", "old", 2);
    Pipeline edited = open("new.jar", "new", 3);
    List<UnitWork> two = units(200);
    List<UnitWork> three = units(200);

    old.executor().submit(work.chunk(old.code(), two), answers);
    edited.executor().submit(work.chunk(edited.code(), three), answers);

    Map<Long, List<Integer>> callsByWorker = new TreeMap<>();
    for (int i = 0; i < two.size(); i++) {
      Said said = said(two.get(i));
      assertThat(List.of(said.edition(), said.price())).containsExactly("old", 2 * i);
      callsByWorker.computeIfAbsent(said.worker(), pid -> new ArrayList<>()).add(said.calls());
    }
    // What the class remembers is its own as well: nobody else counted in between.
    for (List<Integer> calls : callsByWorker.values()) {
      int first = Collections.min(calls);
      assertThat(calls)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(first, first + calls.size()).boxed().toList());
    }
    for (int i = 0; i < three.size(); i++) {
      Said said = said(three.get(i));
      assertThat(List.of(said.edition(), said.price())).containsExactly("new", 3 * i);
    }
  }

  /** The one before has ended, as a driver does; the cluster has not. */
  @Test
  void classOfOneName_jarIsWrittenAnewUnderItsOldName_theNextPipelineGetsTheNewCode()
      throws Exception {
    Pipeline old = open("my.jar", "old", 2);
    assertThat(said(old, 7).price()).isEqualTo(14);
    old.executor().close();

    Pipeline edited = open("my.jar", "new", 3);
    assertThat(said(edited, 7).price()).isEqualTo(21);
    edited.executor().close();

    Pipeline undone = open("my.jar", "old", 2);
    assertThat(said(undone, 7).price()).isEqualTo(14);
  }

  private List<UnitWork> units(int count) {
    return IntStream.range(0, count).mapToObj(amount -> work.unitOf("", amount)).toList();
  }

  private Said said(Pipeline pipeline, int amount) throws Exception {
    WorkChunk chunk = work.unit(pipeline.code(), amount);
    pipeline.executor().submit(chunk, answers);
    return said(chunk.units().get(0));
  }

  private Said said(UnitWork unit) throws Exception {
    AttemptResult result = answers.await(unit.attempt());
    assertThat(result).isInstanceOf(Success.class);
    Object value = work.value(((Success) result).manifest().partitions().get(0));
    return Said.of(String.valueOf(value));
  }
}
