package dev.reprise.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.api.NamedPipeline;
import dev.reprise.api.Pipeline;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.pipeline.PipelineSource;
import dev.reprise.config.Flags;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs command lines in this JVM, as the process does, in a folder of the test's own. */
public final class CliLab implements PipelineSource {
  public final Path folder;
  public final Map<String, String> environment = new HashMap<>();
  private final List<NamedPipeline> pipelines = new ArrayList<>();

  public CliLab(Path folder) {
    this.folder = folder;
  }

  /** What a command left behind. */
  public record Ran(int exit, String out, String err) {
    /** What was printed, with what differs from run to run taken out. */
    public String screen() {
      return out.replaceAll("\\d{8}-\\d{6}-[0-9a-f]{4,}", "RUN")
          .replaceAll("\\b(run|from run|by run) [0-9a-f]{4}\\b", "$1 RUN")
          .replaceAll("\\d+(\\.\\d+)? (s|ms)\\b", "TIME")
          .replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d", "WHEN")
          .replaceAll("[0-9a-f]{64}", "KEY");
    }

    public String lastLine() {
      return out.lines().reduce("", (before, line) -> line);
    }
  }

  CliLab with(NamedPipeline pipeline) {
    pipelines.add(pipeline);
    return this;
  }

  public CliLab with(String name, Pipeline.Definition definition) {
    return with(
        new NamedPipeline() {
          @Override
          public String name() {
            return name;
          }

          @Override
          public String description() {
            return "tests " + name;
          }

          @Override
          public void define(Pipeline.Builder pipeline) throws Exception {
            definition.define(pipeline);
          }
        });
  }

  public Ran run(String... args) {
    return run(this, args);
  }

  /** Runs a command line of a user's own main, with the same home. */
  Ran runOwn(String program, Pipeline.Definition definition, String... args) {
    return run(PipelineSource.own(program, "own", definition), args);
  }

  private Ran run(PipelineSource source, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    CommandContext context =
        new CommandContext(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            environment,
            Map.of(),
            folder,
            InstantSource.system(),
            false,
            new Flags(),
            "");
    int exit = Main.execute(args, source, context);
    return new Ran(exit, out.toString(UTF_8), err.toString(UTF_8));
  }

  @Override
  public String program() {
    return "reprise";
  }

  @Override
  public String about() {
    return "Tests.";
  }

  @Override
  public boolean isLauncher() {
    return true;
  }

  @Override
  public PipelineChoice choice() {
    return PipelineSource.choiceOf(this);
  }

  @Override
  public List<NamedPipeline> named() {
    return pipelines;
  }
}
