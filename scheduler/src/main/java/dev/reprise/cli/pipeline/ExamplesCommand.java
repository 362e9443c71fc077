package dev.reprise.cli.pipeline;

import dev.reprise.api.NamedPipeline;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.OutputOption;
import dev.reprise.console.JsonText;
import dev.reprise.console.Rows;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code reprise examples}: the pipelines that have a name. */
@Command(
    name = "examples",
    description = "Lists the pipelines that 'run', 'plan' and 'why' know by name.",
    footerHeading = "%nExample:%n",
    footer = "  reprise examples",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = "0:success")
public final class ExamplesCommand implements Callable<Integer> {
  private final PipelineSource source;
  private final CommandContext context;
  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final HelpOption help = new HelpOption();

  public ExamplesCommand(PipelineSource source, CommandContext context) {
    this.source = source;
    this.context = context;
  }

  @Override
  public Integer call() {
    List<NamedPipeline> all = source.named();
    if (output.json()) {
      JsonText json =
          JsonText.document()
              .objects(
                  "pipelines",
                  all,
                  (each, pipeline) ->
                      each.text("name", pipeline.name())
                          .text("description", pipeline.description()));
      context.out().println(json.end());
      return ExitCode.OK.code();
    }
    int width = all.stream().mapToInt(pipeline -> pipeline.name().length()).max().orElse(0);
    all.forEach(
        pipeline ->
            context
                .out()
                .println(Rows.pad(pipeline.name(), width) + "   " + pipeline.description()));
    if (all.isEmpty()) {
      context.err().println("no pipelines on the class path; 'run --jar' takes one of your own");
    }
    return ExitCode.OK.code();
  }
}
