package dev.reprise.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.plan.Outcome;
import dev.reprise.run.RunOptions;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Class files that are written while the program that they make up goes on. */
class ChangedClassesTest {
  private static final String JOBS =
      """
      package acme;

      import static dev.reprise.task.Tasks.task;

      import dev.reprise.api.Pipeline;
      import java.nio.file.Files;
      import java.nio.file.Path;

      public class Jobs {
        public static void define(Pipeline.Builder p, String gate) {
          var opened = p.step("gate", task(Jobs::gate).uncached(), p.value(gate));
          p.result("late", p.step("late", task(Jobs::late), opened));
        }

        static String gate(String file) throws Exception {
          String loaded = Helper.text();
          while (!Files.exists(Path.of(file))) {
            Thread.sleep(5);
          }
          return loaded.substring(0, 0);
        }

        static String late(String opened) {
          return opened + Helper.text();
        }
      }
      """;

  @RegisterExtension final PipelineTester reprise = new PipelineTester();
  @TempDir Path folder;
  private final ClassLoader contextBefore = Thread.currentThread().getContextClassLoader();
  private final List<URLClassLoader> loaders = new ArrayList<>();

  @AfterEach
  void closeLoaders() throws Exception {
    Thread.currentThread().setContextClassLoader(contextBefore);
    for (URLClassLoader loader : loaders) {
      loader.close();
    }
  }

  @Test
  void classFile_rewrittenDuringTheRun_resultIsNotKept() throws Exception {
    compile("old");
    Path gate = folder.resolve("gate");
    Run run = reprise.driver().submit(pipeline(newLoader(), gate));
    compile("new");
    Files.createFile(gate);
    run.await();
    assertThat(run.result("late", String.class)).isEqualTo("old");

    Pipeline recompiled = pipeline(newLoader(), gate);
    TestedRun next = reprise.run(recompiled);
    assertThat(next.executions("late")).isEqualTo(1);
    assertThat(next.run().result("late", String.class)).isEqualTo("new");
    assertThat(reprise.run(recompiled).executions("late")).isZero();

    compile("old");
    TestedRun back = reprise.run(pipeline(newLoader(), gate));
    assertThat(back.executions("late")).isEqualTo(1);
  }

  @Test
  void classFile_rewrittenDuringTheRun_resultIsNotTakenByARunThatResumesIt() throws Exception {
    compile("old");
    Path gate = folder.resolve("gate");
    Run run = reprise.driver().submit(pipeline(newLoader(), gate));
    compile("new");
    Files.createFile(gate);
    run.await();

    compile("old");
    TestedRun resumed =
        reprise.run(pipeline(newLoader(), gate), RunOptions.DEFAULT.withResume(run.id()));
    assertThat(resumed.executions("gate")).as("which keeps nothing").isEqualTo(1);
    assertThat(resumed.executions("late")).isEqualTo(1);
    TestedRun again =
        reprise.run(pipeline(newLoader(), gate), RunOptions.DEFAULT.withResume(resumed.run().id()));
    assertThat(again.count(Outcome.MEMO)).isEqualTo(2);
  }

  @Test
  void classFile_rewrittenBetweenRunsOfOneProgram_noKeyUntilItIsStartedAgain() throws Exception {
    compile("old");
    Path gate = Files.createFile(folder.resolve("gate"));
    Pipeline pipeline = pipeline(newLoader(), gate);
    assertThat(reprise.run(pipeline).executions("late")).isEqualTo(1);
    assertThat(reprise.run(pipeline).executions("late")).isZero();

    compile("new");
    TestedRun stale = reprise.run(pipeline);
    assertThat(stale.run().result("late", String.class)).isEqualTo("old");
    assertThat(stale.reason("late", "")).startsWith("KEY_UNAVAILABLE(code: ");
    assertThat(stale.reason("late", ""))
        .contains(".class was changed after this program had begun");

    TestedRun started = reprise.run(pipeline(newLoader(), gate));
    assertThat(started.executions("late")).isEqualTo(1);
    assertThat(started.run().result("late", String.class)).isEqualTo("new");
  }

  private URLClassLoader newLoader() throws Exception {
    URL[] places = {folder.resolve("classes").toUri().toURL()};
    URLClassLoader loader = new URLClassLoader(places, getClass().getClassLoader());
    loaders.add(loader);
    Thread.currentThread().setContextClassLoader(loader); // where workers look for the user's code
    return loader;
  }

  private static Pipeline pipeline(ClassLoader loader, Path gate) throws Exception {
    var define =
        loader.loadClass("acme.Jobs").getMethod("define", Pipeline.Builder.class, String.class);
    return Pipeline.define(
        "jobs",
        p -> {
          try {
            define.invoke(null, p, gate.toString());
          } catch (IllegalAccessException | InvocationTargetException e) {
            throw new AssertionError(e);
          }
        });
  }

  private void compile(String text) throws Exception {
    Path sources = Files.createDirectories(folder.resolve("src"));
    Path classes = Files.createDirectories(folder.resolve("classes"));
    String helper =
        "package acme; class Helper { static String text() { return \"%s\"; } }".formatted(text);
    List<Path> files =
        List.of(
            Files.writeString(sources.resolve("Jobs.java"), JOBS),
            Files.writeString(sources.resolve("Helper.java"), helper));
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager = javac.getStandardFileManager(null, null, UTF_8)) {
      List<String> options =
          List.of(
              "-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
      assertThat(
              javac
                  .getTask(
                      null,
                      manager,
                      null,
                      options,
                      null,
                      manager.getJavaFileObjectsFromPaths(files))
                  .call())
          .isTrue();
    }
  }
}
