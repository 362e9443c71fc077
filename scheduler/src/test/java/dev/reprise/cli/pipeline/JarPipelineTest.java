package dev.reprise.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.api.Parameters;
import dev.reprise.api.Pipeline;
import dev.reprise.config.UsageException;
import dev.reprise.graph.PipelineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JarPipelineTest {
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  @TempDir Path folder;

  @BeforeEach
  void compile() throws IOException {
    source("Defined", "public static void define(dev.reprise.api.Pipeline.Builder p) { STEP }");
    source(
        "FlightDelays",
        """
        private static void define(dev.reprise.api.Pipeline.Builder p, int other) { STEP }
        public static void main(String[] args) {
          dev.reprise.Reprise.main(args, p -> define(p, 1));
        }
        """);
    source("Other", "public static void main(String[] args) {}");
    source("Neither", "");
    Files.writeString(
        folder.resolve("Offered.java"),
        """
        package acme;
        public class Offered implements dev.reprise.api.NamedPipeline {
          static int one() { return 1; }
          public String name() { return "monthly"; }
          public String description() { return "a report"; }
          public void define(dev.reprise.api.Pipeline.Builder p) {
            p.step("one", dev.reprise.task.Tasks.local(Offered::one));
          }
        }
        """);
    source("Started", "static final int NUMBER = Integer.parseInt(\"seven\");");
    source("Asserted", "public static void define(dev.reprise.api.Pipeline.Builder p) { FAIL }");
    source("Strict", "public static void main(String[] args) { FAIL }");
    source("Needing", "static class Base {} static Base two() { return null; }");
    Path[] sources;
    try (var files = Files.list(folder)) {
      sources = files.toArray(Path[]::new);
    }
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(services.resolve("dev.reprise.api.NamedPipeline"), "acme.Offered\n");
    for (Path each : sources) {
      int result =
          ToolProvider.getSystemJavaCompiler()
              .run(
                  null,
                  null,
                  null,
                  "-nowarn",
                  "-proc:none",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "-d",
                  folder.toString(),
                  each.toString());
      assertThat(result).isZero();
    }
  }

  private void source(String name, String body) throws IOException {
    String step = "p.step(\"one\", dev.reprise.task.Tasks.local(" + name + "::one));";
    Files.writeString(
        folder.resolve(name + ".java"),
        "package acme; public class %s { static int one() { return 1; } %s }"
            .formatted(
                name,
                body.replace("STEP", step).replace("FAIL", "throw new AssertionError(\"no\");")));
  }

  @AfterEach
  void putBackClassLoader() {
    Thread.currentThread().setContextClassLoader(before);
  }

  private Pipeline load(String name) {
    return JarPipeline.load(List.of(folder), name).define(Parameters.NONE);
  }

  @Test
  void load_classWithDefine_isItsPipeline() {
    assertThat(load("acme.Defined").name()).isEqualTo("defined");
    assertThat(load("acme.Defined").graph().find("one")).isPresent();
  }

  @Test
  void load_classWhoseMainCallsReprise_isThatPipelineAndTheProcessGoesOn() {
    assertThat(load("acme.FlightDelays").name()).isEqualTo("flight-delays");
    assertThat(load("acme.FlightDelays").graph().find("one")).isPresent();
  }

  @Test
  void load_nameThatTheJarOffersAsAService_isThatPipeline() {
    assertThat(load("monthly").name()).isEqualTo("monthly");
    assertThat(load("monthly").graph().find("one")).isPresent();
  }

  @Test
  void load_nameNearOneThatIsOffered_namesIt() {
    assertThatThrownBy(() -> load("montly"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("or a pipeline's: monthly")
        .hasMessageEndingWith("did you mean 'monthly'?");
  }

  @Test
  void load_serviceThatIsNotThere_saysSo() throws IOException {
    Files.writeString(
        folder.resolve("META-INF/services/dev.reprise.api.NamedPipeline"), "acme.Gone\n");

    assertThatThrownBy(() -> load("monthly"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("cannot be loaded")
        .hasMessageContaining("acme.Gone");
  }

  @Test
  void load_classThatDefinesNone_saysWhatIsWanted() {
    assertThatThrownBy(() -> load("acme.Other"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("main of acme.Other does not call Reprise.main");
    assertThatThrownBy(() -> load("acme.Neither"))
        .hasMessageContaining("neither a static define(Pipeline.Builder) nor a main");
  }

  @Test
  void load_classNeedsOneThatIsNotThere_namesThatOne() throws IOException {
    Files.delete(folder.resolve("acme/Needing$Base.class"));

    assertThatThrownBy(() -> load("acme.Needing"))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("class acme.Needing of [" + folder + "] cannot be loaded")
        .hasMessageContaining("(NoClassDefFoundError: acme/Needing$Base); name its jar");
  }

  @Test
  void load_staticInitializerThrows_isAnInvalidPipeline() {
    assertThatThrownBy(() -> load("acme.Started"))
        .isInstanceOf(PipelineException.class)
        .hasMessage(
            "the static initializer of class acme.Started threw"
                + " java.lang.NumberFormatException: For input string: \"seven\"");
  }

  @Test
  void load_ownCodeThrowsAnError_isAnInvalidPipelineAndNamesTheError() {
    assertThatThrownBy(() -> load("acme.Asserted"))
        .isInstanceOf(PipelineException.class)
        .hasMessage("the definition of pipeline 'asserted' threw java.lang.AssertionError: no");
    assertThatThrownBy(() -> load("acme.Strict"))
        .isInstanceOf(PipelineException.class)
        .hasMessage("main of acme.Strict threw java.lang.AssertionError: no");
  }

  @Test
  void load_noSuchClass_saysSo() {
    assertThatThrownBy(() -> load("Defined"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("there is no class 'Defined' in")
        .hasMessageContaining("write its whole name");
  }
}
