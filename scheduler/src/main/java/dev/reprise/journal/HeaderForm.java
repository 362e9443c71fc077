package dev.reprise.journal;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.fingerprint.Redaction;
import dev.reprise.graph.Node;
import dev.reprise.journal.RecordedGraph.RecordedNode;
import dev.reprise.journal.RecordedGraph.RecordedResult;
import dev.reprise.journal.RecordedGraph.Take;
import dev.reprise.run.Audit;
import dev.reprise.run.CacheMode;
import dev.reprise.run.Resume;
import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;

/**
 * The form of the first record: who ran what, and how. Options and labels that are secrets by their
 * names are dots, as parameters are already: a journal is read by more people than should know a
 * password.
 */
final class HeaderForm {
  private HeaderForm() {}

  /** The first record of a run. */
  record Opening(RunHeader header, RecordedGraph graph) {}

  static void write(RecordWriter to, RunHeader header, RecordedGraph graph) {
    to.putString(header.run())
        .putString(header.pipeline())
        .putTexts(header.parameters())
        .putString(header.user())
        .putString(header.host())
        .putNumber(header.pid())
        .putNumber(header.start().toEpochMilli());
    writeOptions(to, header.options());
    to.putAll(graph.nodes(), HeaderForm::writeNode);
    to.putAll(graph.results(), HeaderForm::writeResult);
    to.putString(header.scope()).putString(header.store());
    PolicyForm.write(to, header.options().policy());
    to.putNullable(header.options().resume(), HeaderForm::writeResume)
        .putStrings(header.options().upTo())
        .putNullable(header.options().memo(), RecordWriter::putBoolean)
        .putString(header.options().idempotencyKey());
    writeAudit(to, header.options().audit());
    to.putStrings(header.options().partitions());
  }

  private static void writeAudit(RecordWriter to, Audit audit) {
    to.putString(Double.toString(audit.share()))
        .putBoolean(audit.twice())
        .putBoolean(audit.failing())
        .putString(audit.seed());
  }

  private static Audit readAudit(RecordReader from) throws BadRecordException {
    String share = from.readString();
    boolean twice = from.readBoolean();
    boolean failing = from.readBoolean();
    String seed = from.readString();
    try {
      return new Audit(Double.parseDouble(share), twice, failing, seed);
    } catch (IllegalArgumentException e) {
      throw new BadRecordException("an audit of a share of " + share);
    }
  }

  static Opening read(RecordReader from) throws BadRecordException {
    String run = from.readString();
    String pipeline = from.readString();
    Map<String, String> parameters = from.readTexts();
    String user = from.readString();
    String host = from.readString();
    long pid = from.readLong();
    Instant start = Instant.ofEpochMilli(from.readLong());
    RunOptions options = readOptions(from);
    RecordedGraph graph =
        new RecordedGraph(from.readAll(HeaderForm::readNode), from.readAll(HeaderForm::readResult));
    String scope = from.atEnd() ? "" : from.readString();
    String store = from.atEnd() ? "" : from.readString();
    if (!from.atEnd()) {
      options =
          options
              .withPolicy(PolicyForm.read(from))
              .withResume(from.readNullable(HeaderForm::readResume))
              .withUpTo(new LinkedHashSet<>(from.readStrings()))
              .withMemo(from.readNullable(RecordReader::readBoolean))
              .withIdempotencyKey(from.readString());
    }
    if (!from.atEnd()) {
      options = options.withAudit(readAudit(from));
    }
    if (!from.atEnd()) {
      options = options.withPartitions(new LinkedHashSet<>(from.readStrings()));
    }
    return new Opening(
        new RunHeader(run, pipeline, parameters, options, user, host, pid, start, scope, store),
        graph);
  }

  private static void writeOptions(RecordWriter to, RunOptions options) {
    Duration timeout = options.timeout();
    to.putString(options.cache().name())
        .putString(options.executor())
        .putTexts(Redaction.shown(options.executorOptions()))
        .putStrings(options.rerun())
        .putStrings(options.rerunFrom())
        .putStrings(options.only())
        .putBoolean(options.keepGoing())
        .putNumber(options.maxParallel())
        .putNumber(timeout == null ? 0 : timeout.toMillis())
        .putTexts(Redaction.shown(options.labels()))
        .putString(options.command());
  }

  private static RunOptions readOptions(RecordReader from) throws BadRecordException {
    CacheMode cache = from.readEnum(CacheMode.class);
    String executor = from.readString();
    Map<String, String> executorOptions = from.readTexts();
    var rerun = new LinkedHashSet<>(from.readStrings());
    var rerunFrom = new LinkedHashSet<>(from.readStrings());
    var only = new LinkedHashSet<>(from.readStrings());
    boolean keepGoing = from.readBoolean();
    int maxParallel = from.readInt();
    long timeoutMillis = from.readLong();
    Duration timeout = timeoutMillis == 0 ? null : Duration.ofMillis(timeoutMillis);
    return RunOptions.DEFAULT
        .withCache(cache)
        .withExecutor(executor, executorOptions)
        .withRerun(rerun)
        .withRerunFrom(rerunFrom)
        .withOnly(only)
        .withKeepGoing(keepGoing)
        .withMaxParallel(maxParallel)
        .withTimeout(timeout)
        .withLabels(from.readTexts())
        .withCommand(from.readString());
  }

  private static void writeResume(RecordWriter to, Resume resume) {
    to.putString(resume.run())
        .putString(resume.link().name())
        .putStrings(resume.again())
        .putBoolean(resume.fromThem());
  }

  private static Resume readResume(RecordReader from) throws BadRecordException {
    return new Resume(
        from.readString(),
        from.readEnum(Resume.Link.class),
        new LinkedHashSet<>(from.readStrings()),
        from.readBoolean());
  }

  private static void writeNode(RecordWriter to, RecordedNode node) {
    to.putNumber(node.id())
        .putString(node.name())
        .putString(node.kind().name())
        .putString(node.engine())
        .putAll(node.inputs(), (each, input) -> each.putNumber(input))
        .putStrings(node.parts());
  }

  private static RecordedNode readNode(RecordReader from) throws BadRecordException {
    return new RecordedNode(
        from.readInt(),
        from.readString(),
        from.readEnum(Node.Kind.class),
        from.readString(),
        from.readAll(RecordReader::readInt),
        from.readStrings());
  }

  private static void writeResult(RecordWriter to, RecordedResult result) {
    to.putString(result.name())
        .putString(result.take().name())
        .putNumber(result.node())
        .putNumber(result.index());
  }

  private static RecordedResult readResult(RecordReader from) throws BadRecordException {
    return new RecordedResult(
        from.readString(), from.readEnum(Take.class), from.readInt(), from.readInt());
  }
}
