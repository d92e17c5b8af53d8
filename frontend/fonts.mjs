// Lays the four faces that certificates and reports are set in, with their licences, beside the bundles.
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const faces = {
  "NotoSerifSC-Regular.ttf": "noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf",
  "NotoSerifSC-Bold.ttf": "noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf",
  "NotoSansSC-Regular.ttf": "noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
  "NotoSansSC-Bold.ttf": "noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf",
  "NotoSerifSC-OFL.txt": "noto-serif-sc/LICENSE_FONT",
  "NotoSansSC-OFL.txt": "noto-sans-sc/LICENSE_FONT",
};

export function copyFonts(modules, out) {
  const folder = join(out, "fonts");
  mkdirSync(folder, { recursive: true });
  for (const [name, source] of Object.entries(faces)) {
    copyFileSync(join(modules, "@expo-google-fonts", source), join(folder, name));
  }
}
