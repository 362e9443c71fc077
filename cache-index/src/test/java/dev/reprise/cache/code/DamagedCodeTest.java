package dev.reprise.cache.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Class files that no compiler made have no identity, or that of what the JVM makes of them. */
class DamagedCodeTest {
  @TempDir private Path folder;

  private CodeFingerprint of(@Nullable String signature, String calledDescriptor)
      throws IOException, CodeUnavailableException {
    ClassWriter writer = new ClassWriter(0);
    writer.visit(
        Opcodes.V17, Opcodes.ACC_PUBLIC, "com/acme/Delays", null, "java/lang/Object", null);
    MethodVisitor task = writer.visitMethod(Opcodes.ACC_STATIC, "task", "()V", signature, null);
    task.visitMethodInsn(Opcodes.INVOKESTATIC, "com/acme/Delays", "other", calledDescriptor, false);
    task.visitInsn(Opcodes.RETURN);
    task.visitMaxs(4, 4);
    task.visitEnd();
    MethodVisitor other =
        writer.visitMethod(Opcodes.ACC_STATIC, "other", calledDescriptor, null, null);
    other.visitInsn(Opcodes.RETURN);
    other.visitMaxs(4, 4);
    other.visitEnd();
    writer.visitEnd();
    Path file = folder.resolve("com/acme/Delays.class");
    Files.createDirectories(file.getParent());
    Files.write(file, writer.toByteArray());
    try (URLClassLoader loader = Program.loader(folder);
        ClassSource source = ClassSource.of(loader)) {
      return new CodeFingerprinter(source).closure(new MethodRef("com.acme.Delays", "task", "()V"));
    }
  }

  @Test
  void closure_genericSignatureThatDoesNotParse_isAsIfThereWereNone() throws Exception {
    assertThat(of("<T:Ljava", "()V")).isEqualTo(of(null, "()V"));
  }

  @Test
  void closure_descriptorThatDoesNotParse_hasNoIdentity() {
    assertThatThrownBy(() -> of(null, "(Lcom/acme/Del"))
        .isInstanceOf(CodeUnavailableException.class)
        .hasMessageStartingWith("the code of com.acme.Delays#task()V cannot be read: ")
        .hasMessageContaining("damaged");
  }

  /** Obfuscators give members of one name several types; lambdas nested deep share a name. */
  @Test
  void parts_severalOfOneName_allCount() throws Exception {
    Fingerprint one = Hasher.of("one").finish();
    Fingerprint two = Hasher.of("two").finish();
    Fingerprint three = Hasher.of("three").finish();

    assertThat(parts(one, two)).isNotEqualTo(parts(three, two)).isNotEqualTo(parts(two));
    assertThat(parts(one, two)).isEqualTo(parts(two, one));
  }

  private static CodeFingerprint parts(Fingerprint... digests) throws IOException {
    try (ClassSource source = ClassSource.of(ClassLoader.getPlatformClassLoader())) {
      ClosureParts parts = new ClosureParts(source, CodeHints.NONE);
      for (Fingerprint each : digests) {
        parts.addMethod("com.acme.Delays#task lambda", each);
      }
      return parts.fingerprint(CodeFingerprint.Mode.CLOSURE);
    }
  }
}
