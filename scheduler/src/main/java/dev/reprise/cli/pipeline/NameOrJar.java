package dev.reprise.cli.pipeline;

import dev.reprise.api.NamedPipeline;
import dev.reprise.api.Parameters;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.base.Text;
import dev.reprise.cli.base.OptionTable;
import dev.reprise.cli.pipeline.PipelineSource.PipelineChoice;
import dev.reprise.config.UsageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** In the launcher: the name of a shipped pipeline, or a jar and a pipeline or class in it. */
final class NameOrJar implements PipelineChoice {
  private final PipelineSource source;
  private final List<String> jars = new ArrayList<>();
  private String name;

  NameOrJar(PipelineSource source) {
    this(source, "", List.of());
  }

  NameOrJar(PipelineSource source, String name, List<String> jars) {
    this.source = source;
    this.name = name;
    this.jars.addAll(jars);
  }

  @Override
  public void addTo(OptionTable table) {
    table
        .argument(
            "PIPELINE",
            "name of a shipped pipeline ('reprise examples' lists them), or with --jar a class or a name that the jar offers",
            given -> name = given)
        .value(
            "--jar",
            "JAR",
            "take the pipeline from this jar or class folder; may be repeated",
            jars::add);
  }

  @Override
  public Pipeline define(Parameters given, Path folder) {
    if (!jars.isEmpty()) {
      return JarPipeline.load(jars.stream().map(folder::resolve).toList(), name).define(given);
    }
    List<NamedPipeline> named = source.named();
    NamedPipeline found =
        named.stream()
            .filter(pipeline -> pipeline.name().equals(name))
            .findFirst()
            .orElseThrow(() -> unknown(named));
    return Pipeline.define(found.name(), found, given);
  }

  private UsageException unknown(List<NamedPipeline> named) {
    return new UsageException(
        "there is no pipeline %s ('%s examples' lists those there are, --jar takes one of your own)%s"
            .formatted(
                Text.quote(name),
                source.program(),
                Text.hint(name, named.stream().map(NamedPipeline::name).toList())));
  }
}
