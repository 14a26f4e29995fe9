// Where the console starts: the language, who is signed in, then the page of the address.
import { render } from 'preact';
import { preferredLanguage, speak } from './i18n/i18n.ts';
import { Frame } from './layout/frame.tsx';
import { startRouter } from './router.tsx';
import { readSession } from './session.ts';
import { startTheme } from './theme.ts';

startTheme();
startRouter();
await Promise.all([speak(preferredLanguage()), readSession()]);
render(<Frame />, document.getElementById('console')!);
