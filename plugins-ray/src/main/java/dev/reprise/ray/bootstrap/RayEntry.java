package dev.reprise.ray.bootstrap;

/** What Ray calls. Bytes in, bytes out, and nothing is ever thrown across that border. */
public final class RayEntry {
  private RayEntry() {}

  /** Runs what a {@link Frame} says; the answer is a {@link Reply}. */
  public static byte[] run(byte[] frame) {
    try {
      Frame read = Frame.decode(frame);
      return Reply.done(CodeLoader.runner(read.codeFolder(), read.code()).apply(read.body()));
    } catch (Throwable e) {
      return Reply.failed(e);
    }
  }
}
