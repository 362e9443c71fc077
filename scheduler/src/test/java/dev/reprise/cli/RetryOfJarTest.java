package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.CliLab.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Retries of runs whose pipelines a class in a jar defines. */
class RetryOfJarTest {
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  @TempDir Path folder;
  private CliLab lab;
  private Path flag;

  @BeforeEach
  void compile() throws IOException {
    flag = Files.writeString(folder.resolve("flag"), "fail");
    Path source = Files.createDirectories(folder.resolve("acme")).resolve("Kept.java");
    Files.writeString(
        source,
        """
        package acme;
        public class Kept {
          static String read(String file) throws Exception {
            if (java.nio.file.Files.exists(java.nio.file.Path.of(file))) {
              throw new IllegalStateException("not yet");
            }
            return file;
          }
          public static void define(dev.reprise.api.Pipeline.Builder p) {
            p.step("read", dev.reprise.task.Tasks.task(Kept::read), p.value("FLAG"));
          }
        }
        """
            .replace("FLAG", flag.toString()));
    String classPath = System.getProperty("java.class.path");
    int exit =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-cp", classPath, "-d", folder + "/classes", source.toString());
    assertThat(exit).isZero();
    lab = new CliLab(folder);
  }

  @AfterEach
  void restore() {
    Thread.currentThread().setContextClassLoader(before);
  }

  @Test
  void retry_withoutTheClassThatDefinesIt_saysHowToNameIt() throws IOException {
    assertThat(lab.run("run", "--jar", "classes", "acme.Kept").exit()).isEqualTo(1);
    Files.delete(flag);

    Ran noClass = lab.run("runs", "retry", "latest", "--jar", "classes");
    assertThat(noClass.exit()).isEqualTo(2);
    assertThat(noClass.err())
        .contains("of pipeline 'kept', which is no name that [classes] offer; say which class")
        .contains(" --jar classes --class CLASS (it was begun with: reprise run --jar classes");
    Ran neither = lab.run("runs", "retry", "latest");
    assertThat(neither.exit()).isEqualTo(2);
    assertThat(neither.err())
        .contains("which is none of those that are shipped", " --jar JAR --class CLASS");

    String command =
        noClass
            .err()
            .replaceAll("(?s).*defines it: reprise (.*?) \\(it was.*", "$1")
            .replace("CLASS", "acme.Kept");
    Ran retried = lab.run(command.split(" "));
    assertThat(retried.exit()).as(command + retried.err()).isZero();
    assertThat(lab.run("runs", "retry", "latest", "--jar", "classes", "--class", "acme.None").err())
        .contains("there is no class 'acme.None'");
  }
}
