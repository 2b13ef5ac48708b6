import { render } from 'preact';
import { createRally } from '../../client/index.ts';
import { App } from './app.tsx';
import { createPage } from './create-page.ts';
import './page.css';

const root = document.getElementById('page');
if (!root) throw new Error('the document has no place for the page');

const page = createPage(createRally());
page.start();
render(<App page={page} />, root);
