import type { Theme } from 'vitepress';
import defaultTheme from 'vitepress/theme';

export default {
  extends: defaultTheme,
  enhanceApp({ app }) {
    // A page that can't be rendered fails the build, and is not just left out.
    app.config.throwUnhandledErrorInProduction = true;
  },
} satisfies Theme;
