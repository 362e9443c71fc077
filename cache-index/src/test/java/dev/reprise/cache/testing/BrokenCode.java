package dev.reprise.cache.testing;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Code of ours with something taken away, to show that a test finds that: class files for a folder
 * that comes before the class path.
 */
public final class BrokenCode {
  private final Path folder;

  /** Begins with nothing. */
  public BrokenCode(Path folder) {
    this.folder = folder;
  }

  /** Where the class files are. */
  public Path folder() {
    return folder;
  }

  /**
   * Takes away what is {@code synchronized} in methods of this name: they are, and have blocks that
   * are, as if the word were not there.
   */
  public BrokenCode withoutLock(Class<?> type, String method) throws IOException {
    return change(
        type,
        method,
        writer ->
            new MethodVisitor(Opcodes.ASM9, writer) {
              @Override
              public void visitInsn(int opcode) {
                boolean lock = opcode == Opcodes.MONITORENTER || opcode == Opcodes.MONITOREXIT;
                super.visitInsn(lock ? Opcodes.POP : opcode);
              }
            });
  }

  /** Lets methods of this name, which say yes or no, always say the same. */
  public BrokenCode answering(Class<?> type, String method, boolean answer) throws IOException {
    return change(
        type,
        method,
        writer ->
            new MethodVisitor(Opcodes.ASM9, writer) {
              @Override
              public void visitInsn(int opcode) {
                if (opcode == Opcodes.IRETURN) {
                  super.visitInsn(Opcodes.POP);
                  super.visitInsn(answer ? Opcodes.ICONST_1 : Opcodes.ICONST_0);
                }
                super.visitInsn(opcode);
              }
            });
  }

  private interface Change {
    MethodVisitor of(MethodVisitor writer);
  }

  private BrokenCode change(Class<?> type, String method, Change change) throws IOException {
    AtomicInteger changed = new AtomicInteger();
    ClassWriter writer = new ClassWriter(0);
    new ClassReader(bytes(type))
        .accept(
            new ClassVisitor(Opcodes.ASM9, writer) {
              @Override
              public MethodVisitor visitMethod(
                  int access, String name, String descriptor, String signature, String[] thrown) {
                boolean meant = name.equals(method);
                int flags = meant ? access & ~Opcodes.ACC_SYNCHRONIZED : access;
                MethodVisitor sound = super.visitMethod(flags, name, descriptor, signature, thrown);
                if (meant) {
                  changed.incrementAndGet();
                }
                return meant ? change.of(sound) : sound;
              }
            },
            0);
    if (changed.get() == 0) {
      throw new IllegalArgumentException(type + " has no method " + method);
    }
    Path file = file(type);
    Files.createDirectories(requireNonNull(file.getParent()));
    Files.write(file, writer.toByteArray());
    return this;
  }

  private Path file(Class<?> type) {
    return folder.resolve(type.getName().replace('.', '/') + ".class");
  }

  /** As it was changed last. */
  private byte[] bytes(Class<?> type) throws IOException {
    if (Files.exists(file(type))) {
      return Files.readAllBytes(file(type));
    }
    String resource = "/" + type.getName().replace('.', '/') + ".class";
    try (InputStream in = requireNonNull(type.getResourceAsStream(resource))) {
      return in.readAllBytes();
    }
  }
}
